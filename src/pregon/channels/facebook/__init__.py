"""Facebook: the office's public Page."""
