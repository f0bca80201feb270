"""What the floors above may listen to. Sent inside the transaction that made it so."""

from django.dispatch import Signal

#: ``bulletin``, ``at``. Something about a bulletin changed what the public sees: published, corrected, withdrawn.
bulletin_changed = Signal()
