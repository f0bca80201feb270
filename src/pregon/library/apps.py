"""The photo memory: originals kept whole, published copies clean of private data."""

from __future__ import annotations

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "pregon.library"
    label = "library"
    verbose_name = "Memoria fotográfica"

    def ready(self) -> None:
        from django.conf import settings
        from django.db.models.signals import post_delete
        from PIL import Image

        from pregon.library import permissions, receivers, tasks  # noqa: F401 - tasks register themselves

        permissions.register()
        post_delete.connect(
            receivers.remove_copies, sender="library.Photo", dispatch_uid="pregon.library.copies"
        )
        # Whatever opens a picture in this process obeys the limit of the office.
        Image.MAX_IMAGE_PIXELS = settings.PREGON_PHOTO_MAX_PIXELS
