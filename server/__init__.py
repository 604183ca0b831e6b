"""The server: pages, HTTP interface, saved scenarios and short links in one process."""
