"""What follows from a publication, wherever it was asked: editor, workflow, clock or command line."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from wagtail.signals import page_published

from pregon.newsroom.actions.publish import follow_up
from pregon.newsroom.models import Bulletin


def bulletin_published(instance: Bulletin, **kwargs: Any) -> None:
    """Wagtail also says "published" of a page that was only scheduled."""
    if instance.live:
        follow_up(instance, at=timezone.now())


def connect() -> None:
    page_published.connect(bulletin_published, sender=Bulletin, dispatch_uid="pregon.newsroom.published")
