"""Telegram: the office's public channel and the people who write to its bot."""
