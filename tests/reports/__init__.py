"""Tests of what the pages share, each beside the module it is about."""
