"""SMS: short messages through the office's provider, over SMPP 3.4."""
