"""What is kept of the acts in photos. An album counts on its own day and for as many photos as it holds."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pregon.agenda.models import Act
from pregon.core.visibility import visible
from pregon.library.models import Album, Photo
from pregon.plan.contract import Kept, Missing, Question, Reading, Record
from pregon.plan.measures.common import ABOUT, done, in_days, missed, narrowed, number_of
from pregon.plan.registry import measure


@measure(
    "photos_in_memory",
    title=gettext_lazy("Fotos en la memoria"),
    how=gettext_lazy("Fotos guardadas en los álbumes, cada una el día de su álbum."),
    parameters=ABOUT,
    reads=[Album, Photo, Act],
)
def photos_in_memory(question: Question) -> Reading:
    kept = tuple(done(record, photos) for record, photos, _described in _albums(question) if photos)
    return Reading(unit=_("fotos"), share=False, kept=kept)


@measure(
    "photos_described",
    title=gettext_lazy("Fotos descritas"),
    how=gettext_lazy(
        "Fotos con texto alternativo, para quien no puede verlas, entre las que guardan los álbumes."
    ),
    parameters=ABOUT,
    reads=[Album, Photo, Act],
)
def photos_described(question: Question) -> Reading:
    kept: list[Kept] = []
    missing: list[Missing] = []
    undescribed = cache(_undescribed)  # a year has thousands of albums, and few sizes of them
    for record, photos, described in _albums(question):
        if described:
            kept.append(done(record, described))
        if (lacking := photos - described) and record.when < question.today:
            missing.append(missed(question, record, undescribed(lacking), amount=lacking))
    return Reading(unit=_("fotos"), kept=tuple(kept), missing=tuple(missing))


def _undescribed(photos: int) -> str:
    return ngettext("%(n)s foto sin describir", "%(n)s fotos sin describir", photos) % {"n": photos}


@measure(
    "albums_published",
    title=gettext_lazy("Álbumes publicados"),
    how=gettext_lazy("Álbumes con al menos una foto a la vista de todos, cada uno en su día."),
    parameters=ABOUT,
    reads=[Album, Photo, Act],
)
def albums_published(question: Question) -> Reading:
    return number_of(
        (record for record, _photos, _described in _albums(question) if record.public), unit=_("álbumes")
    )


def _albums(question: Question) -> list[tuple[Record, int, int]]:
    """The albums of the period, with how many photos each holds and how many of them are described."""
    albums = albums_of(question)
    shown = set(visible(albums, at=question.at).order_by().values_list("pk", flat=True))
    rows = albums.annotate(
        held=Count("photos"), described=Count("photos", filter=~Q(photos__alt_text=""))
    ).values_list("pk", "day", "title", "slug", "held", "described")
    detail = _("%(n)s fotos")
    return [
        (
            Record(
                when=day,
                title=title,
                url=f"/galerias/{slug}/",
                detail=detail % {"n": held} if held != 1 else _("1 foto"),
                public=pk in shown,
            ),
            held,
            described,
        )
        for pk, day, title, slug, held, described in rows
    ]


def albums_of(question: Question) -> Any:
    """The same as rows."""
    scope = question.scope
    return narrowed(
        in_days(Album.objects.all(), "day", question),
        act__department__slug=scope.department,
        act__kind=scope.kind,
        act__localities__slug=scope.locality,
        act__topics__slug=scope.topic,
    )
