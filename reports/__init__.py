"""The documents of a scenario: templates that show what ``roi_model`` returns."""
