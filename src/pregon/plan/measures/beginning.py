"""The day on which an office begins to keep records: what happened before it, no measure can tell.

It is the first of whatever a measure counts, for an office may begin with a video. Photos begin with the day on which
they came in and not with the one they show: the archive of another decade makes nobody late with ten years.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any

from django.db.models import Min
from wagtail.models import Page

from pregon.agenda.models import Act
from pregon.alerts.enums import Status
from pregon.alerts.models import Alert
from pregon.core.calendar import local_day
from pregon.library.models import Photo
from pregon.newsroom.models import Bulletin, Campaign, Episode, LiveBlog, Service, Video


def records_begin(at: datetime, zone: tzinfo) -> date | None:
    """The day of the office's first record up to ``at``."""
    kinds: tuple[tuple[Any, str], ...] = (
        (Bulletin.objects.issued(), "first_published_at"),
        (Page.objects.type(Campaign, Episode, Service, Video), "first_published_at"),
        (Act.objects.all(), "start"),
        (LiveBlog.objects.all(), "opened_at"),
        (Alert.objects.filter(status=Status.ACTUAL), "sent"),
        (Photo.objects.all(), "created_at"),
    )
    moments = []
    for rows, moment in kinds:
        first = rows.order_by().filter(**{f"{moment}__lte": at}).aggregate(first=Min(moment))["first"]
        if first is not None:
            moments.append(first)
    return local_day(min(moments), zone) if moments else None
