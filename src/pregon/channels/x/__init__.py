"""X: the office's account, where each post has a price."""
