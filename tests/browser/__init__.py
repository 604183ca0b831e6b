"""The running dashboard, in a real headless Chromium."""
