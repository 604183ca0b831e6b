"""The promises of the model."""
