"""The three measures of the first plans, each asked over the office's own records.

One rule of fairness holds in all: a day or an act counts as owed when it is over, or as soon as it is done.
At nine in the morning nobody is behind with today's bulletin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from django.db.models import Min, OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.agenda.enums import Product, Settlement
from pregon.agenda.models import Act
from pregon.core.calendar import local_day
from pregon.core.remembering import remembered
from pregon.core.visibility import visible
from pregon.delivery.enums import OUT, MessageKind
from pregon.delivery.models import Delivery, Dispatch
from pregon.newsroom.models import Bulletin
from pregon.plan.contract import Kept, Missing, Question, Reading, Record, by_day
from pregon.plan.registry import measure

SITE = "site"


@measure(
    "bulletins_on_working_days",
    title=gettext_lazy("Boletines en días hábiles"),
    how=gettext_lazy(
        "Días hábiles con al menos un boletín publicado y vigente, entre los días hábiles transcurridos."
    ),
    parameters=["department", "kind", "locality", "topic"],
)
def bulletins_on_working_days(question: Question) -> Reading:
    working = [day for day in question.days if question.calendar.is_working(day)]
    return _days_kept(
        question, working, by_day(published(question)), unit=_("días hábiles"), lacks=_("Sin boletín")
    )


@measure(
    "days_with_publication",
    title=gettext_lazy("Días con publicación"),
    how=gettext_lazy(
        "Días con algo publicado en el sitio, o en el canal que se nombra, entre los días transcurridos."
    ),
    parameters=["channel", "department", "kind", "locality", "topic"],
)
def days_with_publication(question: Question) -> Reading:
    records = published(question) if question.scope.channel in {"", SITE} else sent(question)
    return _days_kept(question, question.days, by_day(records), unit=_("días"), lacks=_("Sin publicación"))


@measure(
    "acts_covered",
    title=gettext_lazy("Actos cubiertos"),
    how=gettext_lazy(
        "Actos ya celebrados que tienen todas sus coberturas, entre los que las debían. "
        "Los que no se cubrieron con motivo firmado van aparte."
    ),
    parameters=["department", "kind", "locality", "topic"],
)
def acts_covered(question: Question) -> Reading:
    opens, closes = question.span
    scope = question.scope
    acts = Act.objects.taking_place().between(opens, closes).filter(start__lte=question.at)
    acts = _narrowed(
        acts,
        department__slug=scope.department,
        kind=scope.kind,
        localities__slug=scope.locality,
        topics__slug=scope.topic,
    )
    announced = set(visible(acts, at=question.at).values_list("pk", flat=True))
    kept: list[Kept] = []
    missing: list[Missing] = []
    excused: list[Missing] = []
    for act in acts.prefetch_related("coverages"):
        how: dict[str, list[str]] = defaultdict(list)
        reasons: list[str] = []
        for coverage in act.coverages.all():
            how[coverage.settlement].append(str(Product(coverage.product).label))
            if coverage.settlement == Settlement.EXCUSED:
                reasons.append(coverage.reason)
        day, url, public = question.day_of(act.start), act.get_absolute_url(), act.pk in announced
        over = (act.end or act.start) <= question.at
        if lacking := how[Settlement.DUE]:
            if over:
                late = (question.today - question.day_of(act.end or act.start)).days
                missing.append(
                    Missing(
                        when=day,
                        title=act.title,
                        url=url,
                        public=public,
                        days_late=late,
                        detail=_("Falta: %(lacking)s.") % {"lacking": ", ".join(lacking)},
                    )
                )
        elif done := how[Settlement.COVERED]:
            record = Record(when=day, title=act.title, url=url, public=public, detail=", ".join(done))
            kept.append(Kept(when=day, records=(record,)))
        elif reasons:
            excused.append(
                Missing(
                    when=day,
                    title=act.title,
                    url=url,
                    public=public,
                    detail="; ".join(dict.fromkeys(reasons)),
                )
            )
    return Reading(unit=_("actos"), kept=tuple(kept), missing=tuple(missing), excused=tuple(excused))


def records_begin(at: datetime, zone: tzinfo) -> date | None:
    """The day of the office's first record: what happened before it, no measure can tell."""
    first = [
        Bulletin.objects.issued()
        .filter(first_published_at__lte=at)
        .aggregate(day=Min("first_published_at"))["day"],
        Act.objects.filter(start__lte=at).aggregate(day=Min("start"))["day"],
    ]
    moments = [moment for moment in first if moment is not None]
    return local_day(min(moments), zone) if moments else None


def published(question: Question) -> list[Record]:
    """Bulletins of the period that a citizen can read now: neither embargoed nor withdrawn."""
    return remembered(("published", question.period, question.scope), lambda: _published(question))


def _published(question: Question) -> list[Record]:
    opens, closes = question.span
    bulletins = _bulletins(question).filter(first_published_at__gte=opens, first_published_at__lt=closes)
    rows = (
        bulletins.filter(first_published_at__lte=question.at)
        .order_by("first_published_at", "pk")
        .values_list("first_published_at", "title", "slug", "number", "year")
    )
    # A year may hold a thousand: plain rows, and one folio's words for all.
    detail = _("Boletín %(folio)s")
    return [
        Record(
            when=question.day_of(moment),
            title=title,
            url=f"/boletines/{slug}/",
            detail=detail % {"folio": f"{number:03d}/{year}"},
        )
        for moment, title, slug, number, year in rows
    ]


def sent(question: Question) -> list[Record]:
    """Bulletins that a channel really took: a rehearsal in the sandbox is not a publication."""
    opens, closes = question.span
    # The hour of the first receiver stands for all: reading a year of every receiver's would cost seconds.
    first = Delivery.objects.filter(
        dispatch=OuterRef("pk"), channel=question.scope.channel, state__in=OUT, settled_at__lte=question.at
    ).order_by("pk")
    hours = (
        Dispatch.objects.filter(kind=MessageKind.NEWS, created_at__lte=question.at, created_at__lt=closes)
        .annotate(sent_at=Subquery(first.values("settled_at")[:1]))
        .filter(sent_at__gte=opens, sent_at__lt=closes)
        .values_list("origin", "sent_at")
    )
    days = {origin: question.day_of(moment) for origin, moment in hours}
    bulletins = (
        _bulletins(question).filter(first_published_at__lt=closes).order_by("first_published_at", "pk")
    )
    return [_record(bulletin, day=days[bulletin.origin]) for bulletin in bulletins if bulletin.origin in days]


def _bulletins(question: Question) -> Any:
    scope = question.scope
    return _narrowed(
        visible(
            Bulletin.objects.only("title", "slug", "number", "year", "first_published_at"), at=question.at
        ),
        department__slug=scope.department,
        act__kind=scope.kind,
        localities__slug=scope.locality,
        topics__slug=scope.topic,
    )


def _record(bulletin: Bulletin, *, day: date) -> Record:
    return Record(
        when=day,
        title=bulletin.title,
        url=bulletin.get_absolute_url(),
        detail=_("Boletín %(folio)s") % {"folio": bulletin.folio},
    )


def _narrowed(rows: Any, **conditions: str) -> Any:
    """Only the conditions that were asked for."""
    return rows.filter(**{name: wanted for name, wanted in conditions.items() if wanted})


def _days_kept(
    question: Question,
    owed: Sequence[date],
    records: Mapping[date, tuple[Record, ...]],
    *,
    unit: str,
    lacks: str,
) -> Reading:
    """A reading in which each day of ``owed`` is kept by any record that falls on it."""
    return Reading(
        unit=unit,
        kept=tuple(Kept(when=day, records=records[day]) for day in owed if day in records),
        missing=tuple(
            Missing(
                when=day,
                title=date_format(day, "l j \\d\\e F").lower(),
                detail=lacks,
                days_late=(question.today - day).days,
            )
            for day in owed
            if day not in records and day < question.today
        ),
        beyond=tuple(record for day in sorted(set(records) - set(owed)) for record in records[day]),
    )
