"""What follows from a publication, wherever it was asked: editor, workflow, clock or command line; and what a
page shows, for the public view and for the preview on the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from wagtail.signals import page_published, page_unpublished

from pregon.accounts.models import Office
from pregon.core.visibility import Reader
from pregon.newsroom.actions.pieces import appear, disappear
from pregon.newsroom.actions.publish import follow_up
from pregon.newsroom.briefs import dateline_of
from pregon.newsroom.models import PIECES, Bulletin, Piece
from pregon.newsroom.queries import page_of, piece_of
from pregon.newsroom.signals import page_asked


def bulletin_published(instance: Bulletin, **kwargs: Any) -> None:
    """Wagtail also says "published" of a page that was only scheduled."""
    if instance.live:
        follow_up(instance, at=timezone.now())


def answer_page(page: Bulletin, to: Reader, at: datetime, **kwargs: Any) -> dict[str, Any]:
    return {**page_of(page, to=to, at=at), "dateline": dateline_of(page, Office.load())}


def piece_published(instance: Piece, **kwargs: Any) -> None:
    """The same for the pages beside the bulletins."""
    if instance.live:
        appear(instance, at=timezone.now())


def piece_unpublished(instance: Piece, **kwargs: Any) -> None:
    disappear(instance, at=timezone.now())


def answer_piece(page: Piece, to: Reader, at: datetime, **kwargs: Any) -> dict[str, Any]:
    return piece_of(page, to=to, at=at)


def connect() -> None:
    page_asked.connect(answer_page, sender=Bulletin, dispatch_uid="pregon.newsroom.page")
    page_published.connect(bulletin_published, sender=Bulletin, dispatch_uid="pregon.newsroom.published")
    for kind in PIECES:
        named = kind.__name__
        page_asked.connect(answer_piece, sender=kind, dispatch_uid=f"pregon.newsroom.page.{named}")
        page_published.connect(
            piece_published, sender=kind, dispatch_uid=f"pregon.newsroom.published.{named}"
        )
        page_unpublished.connect(piece_unpublished, sender=kind, dispatch_uid=f"pregon.newsroom.left.{named}")
