"""Tests of the server: routes, saved scenarios, settings, and what hostile input meets."""
