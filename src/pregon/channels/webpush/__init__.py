"""Web Push: notices that a reader's browser shows by itself."""
