"""Mastodon: posts of the office's account, on any server that speaks its interface."""
