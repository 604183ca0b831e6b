"""Hostile input, made by what the code does with it: ``python -m tests.fuzzing --help``."""
