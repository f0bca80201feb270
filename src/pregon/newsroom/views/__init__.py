"""The newsroom's own pages on the desk, one family a file."""
