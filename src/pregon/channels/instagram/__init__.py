"""Instagram: the office's professional account."""
