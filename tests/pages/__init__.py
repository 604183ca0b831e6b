"""Tests of the pages, opened and used through Streamlit's own test client."""
