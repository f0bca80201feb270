"""Questions about acts: what a day holds, and how far each act's coverage has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.agenda.enums import Product, Settlement, State
from pregon.agenda.models import Act, Coverage

#: How long an act without a written end is taken to last.
USUAL_LENGTH = timedelta(hours=2)


class Tag(models.TextChoices):
    """How an act's coverage stands, in the one word that the desk shows."""

    COVERED = "cubierto", gettext_lazy("Cubierto")
    TEXT_MISSING = "falta-texto", gettext_lazy("Falta texto")
    PHOTOS_MISSING = "faltan-fotos", gettext_lazy("Faltan fotos")
    MATERIAL_MISSING = "falta-material", gettext_lazy("Falta material")
    ASSIGNED = "asignado", gettext_lazy("Asignado")
    NOBODY = "sin-quien-cubra", gettext_lazy("Sin quien cubra")
    UNDER_WAY = "en-curso", gettext_lazy("En curso")
    POSTPONED = "pospuesto", gettext_lazy("Pospuesto")
    CANCELLED = "cancelado", gettext_lazy("Cancelado")
    EXCUSED = "no-se-cubre", gettext_lazy("No se cubre")
    NOT_ASKED = "sin-cobertura", gettext_lazy("Sin cobertura pedida")


#: Tones of the desk's tags, beside the word and never instead of it.
TONES: dict[Tag, str] = {
    Tag.COVERED: "ok",
    Tag.TEXT_MISSING: "warn",
    Tag.PHOTOS_MISSING: "warn",
    Tag.MATERIAL_MISSING: "warn",
    Tag.ASSIGNED: "soft",
    Tag.NOBODY: "bad",
    Tag.UNDER_WAY: "live",
    Tag.POSTPONED: "soft",
    Tag.CANCELLED: "soft",
    Tag.EXCUSED: "soft",
    Tag.NOT_ASKED: "soft",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One act as a day's list shows it."""

    act: Act
    tag: Tag
    detail: str
    #: It takes place, owes a piece, and nobody is named for any.
    alone: bool

    @property
    def tone(self) -> str:
        return TONES[self.tag]


def with_coverages(acts: QuerySet[Act]) -> QuerySet[Act]:
    """The acts with all that a list of them shows, in two queries however many there are."""
    coverages = Coverage.objects.select_related("assignee").order_by("pk")
    return acts.select_related("department").prefetch_related(Prefetch("coverages", coverages))


def day_rows(start: datetime, end: datetime, *, at: datetime) -> list[DayRow]:
    """The acts that begin in the interval, in order."""
    return [
        row_of(act, at=at) for act in with_coverages(Act.objects.between(start, end).order_by("start", "pk"))
    ]


def owed_rows(start: datetime, end: datetime, *, at: datetime) -> list[DayRow]:
    """The acts of the interval that took place and still owe a piece, the latest first."""
    owed = Coverage.objects.open().filter(act=OuterRef("pk"))
    acts = Act.objects.between(start, end).taking_place().filter(Exists(owed)).order_by("-start", "-pk")
    return [row_of(act, at=at) for act in with_coverages(acts)]


def row_of(act: Act, *, at: datetime) -> DayRow:
    coverages = list(act.coverages.all())
    due = [one for one in coverages if one.settlement == Settlement.DUE]
    takes_place = act.state in {State.CONFIRMED, State.TENTATIVE}
    alone = takes_place and bool(due) and not any(one.assignee for one in due)
    return DayRow(act=act, tag=tag_of(act, coverages, at=at), detail=detail_of(coverages), alone=alone)


def tag_of(act: Act, coverages: Iterable[Coverage], *, at: datetime) -> Tag:
    """The one word for ``act`` at that moment."""
    if act.state == State.CANCELLED:
        return Tag.CANCELLED
    if act.state == State.POSTPONED:
        return Tag.POSTPONED
    asked = list(coverages)
    due = [one for one in asked if one.settlement == Settlement.DUE]
    if not due:
        if not asked:
            return Tag.NOT_ASKED
        done = any(one.settlement == Settlement.COVERED for one in asked)
        return Tag.COVERED if done else Tag.EXCUSED
    if at < act.start:
        return Tag.ASSIGNED if any(one.assignee for one in due) else Tag.NOBODY
    if at < (act.end or act.start + USUAL_LENGTH):
        return Tag.UNDER_WAY
    return missing(due)


def missing(due: Iterable[Coverage]) -> Tag:
    products = {one.product for one in due}
    if Product.BULLETIN in products:
        return Tag.TEXT_MISSING
    return Tag.PHOTOS_MISSING if Product.PHOTOS in products else Tag.MATERIAL_MISSING


def detail_of(coverages: Iterable[Coverage]) -> str:
    """What is due and by whom: "Boletín, Fotos · Redacción"."""
    asked = list(coverages)
    due = [one for one in asked if one.settlement == Settlement.DUE] or asked
    products = ", ".join(str(one.get_product_display()) for one in due)
    people = ", ".join(dict.fromkeys(str(one.assignee) for one in due if one.assignee))
    if not products:
        return ""
    return f"{products} · {people or _('sin asignar')}"


def uncovered(start: datetime, end: datetime) -> int:
    """How many acts that take place in the interval still owe a piece."""
    owed = Coverage.objects.open().filter(act=OuterRef("pk"))
    return Act.objects.between(start, end).taking_place().filter(Exists(owed)).count()
