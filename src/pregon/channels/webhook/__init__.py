"""Webhook: every bulletin as signed JSON, for the programs of others."""
