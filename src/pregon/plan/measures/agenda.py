"""What was done of what the agenda promised: acts, their coverage, their photos."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.agenda.enums import Product, Settlement
from pregon.agenda.models import Act, Coverage
from pregon.core.remembering import remembered
from pregon.core.visibility import visible
from pregon.library.models import Album, Photo
from pregon.plan.contract import Kept, Missing, Question, Reading, Record
from pregon.plan.measures.common import ABOUT, done, in_time, missed, narrowed, number_of, undone
from pregon.plan.registry import measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An act that has begun, as a record, and since when it is over; ``None`` while it runs."""

    pk: int
    record: Record
    over: date | None
    album: int | None


@measure(
    "acts_held",
    title=gettext_lazy("Actos celebrados"),
    how=gettext_lazy("Actos de la agenda que ya comenzaron, sin los cancelados ni los pospuestos."),
    parameters=ABOUT,
    reads=[Act],
)
def acts_held(question: Question) -> Reading:
    return number_of((act.record for act in held(question)), unit=_("actos"))


@measure(
    "acts_covered",
    title=gettext_lazy("Actos cubiertos"),
    how=gettext_lazy(
        "Actos ya celebrados que tienen todas sus coberturas, entre los que las debían. "
        "Los que no se cubrieron con motivo firmado van aparte."
    ),
    parameters=ABOUT,
    reads=[Act, Coverage],
)
def acts_covered(question: Question) -> Reading:
    labels = {product.value: str(product.label) for product in Product}
    owed: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    reasons: dict[int, list[str]] = defaultdict(list)
    rows = Coverage.objects.filter(act__in=acts_of(question).values("pk")).order_by("pk")
    for act_id, product, settlement, reason in rows.values_list("act", "product", "settlement", "reason"):
        owed[act_id][settlement].append(labels[product])
        if settlement == Settlement.EXCUSED:
            reasons[act_id].append(reason)
    kept: list[Kept] = []
    missing: list[Missing] = []
    excused: list[Missing] = []
    for act in held(question):
        how, record = owed[act.pk], act.record
        if lacking := how[Settlement.DUE]:
            if act.over:
                detail = _("Falta: %(lacking)s.") % {"lacking": ", ".join(lacking)}
                late = (question.today - act.over).days
                missing.append(undone(record, detail, days_late=late))
        elif covered := how[Settlement.COVERED]:
            kept.append(done(_detailed(record, ", ".join(covered))))
        elif reasons[act.pk]:
            excused.append(undone(record, "; ".join(dict.fromkeys(reasons[act.pk]))))
    return Reading(unit=_("actos"), kept=tuple(kept), missing=tuple(missing), excused=tuple(excused))


@measure(
    "acts_with_photos",
    title=gettext_lazy("Actos con memoria fotográfica"),
    how=gettext_lazy(
        "Actos ya terminados cuyo álbum tiene al menos una foto, entre todos los terminados. "
        "Aparte van aquellos cuyas fotos se dejaron de tomar con motivo firmado."
    ),
    parameters=ABOUT,
    reads=[Act, Coverage, Album, Photo],
)
def acts_with_photos(question: Question) -> Reading:
    # By the hour of the act, which is indexed, and never act by act.
    photos = in_time(Photo.objects.all(), "album__act__start", question)
    filled = set(photos.order_by().values_list("album", flat=True).distinct())
    albums = in_time(visible(Album.objects.all(), at=question.at), "act__start", question)
    shown = set(albums.order_by().values_list("pk", flat=True))
    excused_photos = in_time(
        Coverage.objects.filter(product=Product.PHOTOS, settlement=Settlement.EXCUSED), "act__start", question
    )
    excuses = dict(excused_photos.values_list("act", "reason"))
    kept: list[Kept] = []
    missing: list[Missing] = []
    excused: list[Missing] = []
    for act in held(question):
        record = act.record
        if act.album in filled:
            public = record.public and act.album in shown
            kept.append(done(Record(when=record.when, title=record.title, url=record.url, public=public)))
        elif act.pk in excuses:
            excused.append(undone(record, excuses[act.pk]))
        elif act.over and act.over < question.today:
            missing.append(missed(question, record, _("Sin fotos en la memoria")))
    return Reading(unit=_("actos"), kept=tuple(kept), missing=tuple(missing), excused=tuple(excused))


def held(question: Question) -> list[Held]:
    """The acts of the period that have begun."""
    return remembered(("held", question.period, question.scope), lambda: _held(question))


def _held(question: Question) -> list[Held]:
    acts = acts_of(question)
    announced = set(visible(acts, at=question.at).order_by().values_list("pk", flat=True))
    rows = acts.values_list("pk", "title", "slug", "start", "end", "album")
    return [
        Held(
            pk=pk,
            record=Record(
                when=question.day_of(start), title=title, url=f"/agenda/{slug}/", public=pk in announced
            ),
            over=question.day_of(end or start) if (end or start) <= question.at else None,
            album=album,
        )
        for pk, title, slug, start, end, album in rows
    ]


def acts_of(question: Question) -> Any:
    """The same as rows."""
    scope = question.scope
    return narrowed(
        in_time(Act.objects.taking_place(), "start", question),
        department__slug=scope.department,
        kind=scope.kind,
        localities__slug=scope.locality,
        topics__slug=scope.topic,
    )


def _detailed(record: Record, detail: str) -> Record:
    return Record(when=record.when, title=record.title, url=record.url, detail=detail, public=record.public)
