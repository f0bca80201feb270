"""What changes is told to whoever has a page open, within a second and without a page being asked for again.

``Stream`` and ``Broadcast`` (``website/models.py``) are the outbox: a telling is a row that commits with what it tells.
Two ways lead from there to the reader, and a page cannot tell them apart: ``feed`` and ``doors`` hold the readers in
this process; ``nchan`` hands each telling to nginx, which holds them.
"""
