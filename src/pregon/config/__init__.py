"""Wiring: settings, addresses, the command line and the supervisor. No decisions about content live here."""
