"""A photo's news for the floors above, which this one may not import."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with ``photo`` and ``at`` after the row says READY and the copies are on disk.
photo_ready = Signal()
