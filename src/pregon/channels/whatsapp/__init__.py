"""WhatsApp: the office's number on the Cloud API, for the people who asked to receive there."""
