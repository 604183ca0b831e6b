"""The tests: each folder mirrors the code it tests."""
