"""Bluesky: the office's account on a server of the AT Protocol."""
