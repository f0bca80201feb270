"""What the floors above may listen to. Sent inside the transaction that made it so."""

from django.dispatch import Signal

#: ``alert``, ``at``. A message went out, or one that held does so no longer.
alert_changed = Signal()
