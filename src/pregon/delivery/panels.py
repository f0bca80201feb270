"""What *Hoy* shows of the delivery engine: what is going out right now, a bar and a number for each channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.forms import Script
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from pregon.delivery.enums import OUT, WAITING, MessageKind, State
from pregon.delivery.models import Delivery, Dispatch
from pregon.delivery.registry import channel_class, kinds
from pregon.delivery.values import Tally

RECENT = timedelta(hours=6)
SHOWN = 3
TALLIED = ("due", "sent", "withheld", "failed", "waiting", "uncertain", "first_at", "last_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How one dispatch stands on one channel."""

    kind: str
    label: str
    tally: Tally

    @property
    def tone(self) -> str:
        if self.tally.failed or self.tally.uncertain:
            return "warn"
        return "ok" if not self.tally.waiting else "live"

    @property
    def remarks(self) -> list[tuple[str, int]]:
        """What a person should know beside the number."""
        said = [
            (_("en duda"), self.tally.uncertain),
            (_("fallaron"), self.tally.failed),
            (_("no salieron"), self.tally.withheld),
        ]
        return [(words, count) for words, count in said if count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A dispatch with its bars."""

    dispatch: Dispatch
    bars: list[Bar]

    @property
    def waiting(self) -> bool:
        """Whether anything may still change by itself."""
        return self.dispatch.prepared_at is None or any(bar.tally.waiting for bar in self.bars)

    @property
    def first_after(self) -> float | None:
        """Seconds from asking to the first answer."""
        answers = [bar.tally.first_at for bar in self.bars if bar.tally.first_at]
        return max(0.0, (min(answers) - self.dispatch.created_at).total_seconds()) if answers else None


def label_of(kind: str) -> str:
    return str(channel_class(kind).label) if kind in kinds() else kind


def progress_of(dispatches: Iterable[Dispatch]) -> list[Progress]:
    """Each dispatch with its bars, in one query however many they are."""
    asked = list(dispatches)
    rows = (
        Delivery.objects.filter(dispatch__in=asked)
        .values("dispatch_id", "channel")
        .annotate(
            due=Count("pk"),
            sent=Count("pk", filter=Q(state__in=OUT)),
            withheld=Count("pk", filter=Q(state__in=[State.WITHHELD, State.SUPPRESSED])),
            failed=Count("pk", filter=Q(state=State.FAILED)),
            waiting=Count("pk", filter=Q(state__in=WAITING)),
            uncertain=Count("pk", filter=Q(state=State.UNCERTAIN)),
            first_at=Min("settled_at"),
            last_at=Max("settled_at"),
        )
        .order_by("dispatch_id", "channel")
    )
    bars: defaultdict[int, list[Bar]] = defaultdict(list)
    for row in rows:
        tally = Tally(**{name: row[name] for name in TALLIED})  # type: ignore[literal-required]  # names of the row
        bars[row["dispatch_id"]].append(Bar(kind=row["channel"], label=label_of(row["channel"]), tally=tally))
    return [Progress(dispatch=dispatch, bars=bars[dispatch.pk]) for dispatch in asked]


def going_out(at: datetime) -> list[Progress]:
    """The dispatches of the last hours; letters about a subscription are nobody's news."""
    recent = Dispatch.objects.filter(created_at__gte=at - RECENT).exclude(kind=MessageKind.SERVICE)
    return progress_of(recent.defer("message_json").order_by("-created_at", "-pk")[:SHOWN])


class GoingOutPanel(Component):
    """Saliendo ahora."""

    name = "delivery-going-out"
    template_name = "delivery/desk/going_out.html"
    order = 20

    class Media:
        js = [Script("delivery/live.js", type="module")]

    def __init__(self, at: datetime) -> None:
        self.at = at

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {"progress": going_out(self.at)}
