"""How many examples a law is tried on: enough to bite, few enough to run at every change."""

from hypothesis import settings

settings.register_profile("modest", deadline=None, max_examples=40)
settings.load_profile("modest")
