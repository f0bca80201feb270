"""What the floors above may listen to. Sent inside the transaction that made it so."""

from django.dispatch import Signal

#: ``bulletin``, ``at``. Something about a bulletin changed what the public sees: published, corrected, withdrawn.
bulletin_changed = Signal()

#: ``piece``, ``at``. The same of a campaign, a service or a recording: published, or no longer.
piece_changed = Signal()

#: ``page``, ``to``, ``at``. A page of the newsroom is being drawn for that reader. The model cannot ask the
#: queries that stand above it, so a receiver answers with what the page shows, by its names in the template.
page_asked = Signal()

#: ``blog``, ``event`` (:class:`~pregon.newsroom.enums.LiveEvent`), ``post`` or nothing, ``at``. Something happened to
#: a live coverage that its readers hear of at once. To be sent last, for the floors above tell it then.
live_changed = Signal()
