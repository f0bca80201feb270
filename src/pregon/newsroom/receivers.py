"""What follows from a publication, wherever it was asked: editor, workflow, clock or command line; and what a
page shows, for the public view and for the preview on the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from wagtail.signals import page_published

from pregon.accounts.models import Office
from pregon.core.visibility import Reader
from pregon.newsroom.actions.publish import follow_up
from pregon.newsroom.briefs import dateline_of
from pregon.newsroom.models import Bulletin
from pregon.newsroom.queries import page_of
from pregon.newsroom.signals import page_asked


def bulletin_published(instance: Bulletin, **kwargs: Any) -> None:
    """Wagtail also says "published" of a page that was only scheduled."""
    if instance.live:
        follow_up(instance, at=timezone.now())


def answer_page(bulletin: Bulletin, to: Reader, at: datetime, **kwargs: Any) -> dict[str, Any]:
    return {**page_of(bulletin, to=to, at=at), "dateline": dateline_of(bulletin, Office.load())}


def connect() -> None:
    page_asked.connect(answer_page, sender=Bulletin, dispatch_uid="pregon.newsroom.page")
    page_published.connect(bulletin_published, sender=Bulletin, dispatch_uid="pregon.newsroom.published")
