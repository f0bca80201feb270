"""What *Hoy* shows of the newsroom: what awaits this person's word, what goes out by itself, what is half written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component
from wagtail.models import Page, TaskState

from pregon.newsroom.enums import LiveState
from pregon.newsroom.models import Bulletin, LiveBlog
from pregon.newsroom.queries import Stage, staged

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One page that waits, and for what."""

    bulletin: Page
    mark: str
    detail: str
    tag: str
    tone: str
    url: str


def countdown(wait: timedelta) -> str:
    """How long is left, in the two largest units that matter: "2 días y 3 horas"."""
    minutes = max(0, int(wait.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [
        ngettext("%(count)d día", "%(count)d días", days) % {"count": days} if days else "",
        ngettext("%(count)d hora", "%(count)d horas", hours) % {"count": hours} if hours else "",
        ngettext("%(count)d minuto", "%(count)d minutos", minutes) % {"count": minutes} if minutes else "",
    ]
    said = [part for part in parts if part][:2]
    if not said:
        return _("en menos de un minuto")
    joined = (
        said[0] if len(said) == 1 else _("%(first)s y %(second)s") % {"first": said[0], "second": said[1]}
    )
    return _("en %(time)s") % {"time": joined}


def hour(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "j \\d\\e F, G:i").lower() if moment else ""


def clock(moment: datetime | None, *, at: datetime) -> str:
    """The hour of today, or the day."""
    if moment is None:
        return "—"
    there = timezone.localtime(moment)
    return date_format(there, "G:i" if there.date() == timezone.localtime(at).date() else "j/n")


def sheet_or_editor(page: Page) -> str:
    """A bulletin that went out has a sheet of its own; all else is still being written."""
    if isinstance(page, Bulletin) and page.number:
        return reverse("newsroom_desk:sheet", args=[page.pk])
    back = f"?next={reverse('boletines:index')}" if isinstance(page, Bulletin) else ""
    return f"{reverse('wagtailadmin_pages:edit', args=[page.pk])}{back}"


class ApprovalPanel(Component):
    """Espera tu visto bueno."""

    name = "newsroom-approval"
    template_name = "newsroom/desk/approval.html"
    order = 30

    def __init__(self, at: datetime) -> None:
        self.at = at

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        review = self.to_review(user)
        return {
            "review": review,
            "scheduled": self.scheduled(),
            "drafts": self.drafts(),
            "count": len(review),
        }

    def to_review(self, user: Any) -> list[Line]:
        """Pages that wait for this person."""
        states = (
            TaskState.objects.reviewable_by(user)
            .select_related("revision__user")
            .order_by("-started_at")[:SHOWN]
        )
        waiting = {int(state.revision.object_id): state for state in states}
        pages = Page.objects.in_bulk(waiting) | Bulletin.objects.defer_streamfields().in_bulk(waiting)
        return [
            Line(
                bulletin=pages[pk],
                mark=clock(state.started_at, at=self.at),
                detail=" · ".join(
                    part
                    for part in (
                        getattr(pages[pk], "folio", ""),
                        str(state.revision.user or ""),
                        hour(state.started_at),
                    )
                    if part
                ),
                tag=_("Revisar"),
                tone="warn",
                url=sheet_or_editor(pages[pk]),
            )
            for pk, state in waiting.items()
            if pk in pages
        ]

    def scheduled(self) -> list[Line]:
        """Embargoes, the nearest first."""
        embargoed = staged(Bulletin.objects.filter(live=False).defer_streamfields())
        nearest = embargoed.filter(stage=Stage.EMBARGOED).order_by("leaves_at", "pk")[:SHOWN]
        return [
            Line(
                bulletin=bulletin,
                mark=date_format(timezone.localtime(bulletin.leaves_at), "G:i"),
                detail=_("Sale %(when)s, el %(hour)s")
                % {"when": countdown(bulletin.leaves_at - self.at), "hour": hour(bulletin.leaves_at)},
                tag=_("Embargado"),
                tone="live",
                url=sheet_or_editor(bulletin),
            )
            for bulletin in nearest
        ]

    def drafts(self) -> list[Line]:
        """What is half written, the latest first."""
        drafts = staged(Bulletin.objects.filter(live=False).defer_streamfields().select_related("owner"))
        latest = drafts.filter(stage=Stage.DRAFT).order_by("-latest_revision_created_at", "-pk")[:SHOWN]
        return [
            Line(
                bulletin=bulletin,
                mark=clock(bulletin.latest_revision_created_at, at=self.at),
                detail=" · ".join(
                    part
                    for part in (str(bulletin.owner or ""), hour(bulletin.latest_revision_created_at))
                    if part
                ),
                tag=str(Stage.DRAFT.label),
                tone="soft",
                url=sheet_or_editor(bulletin),
            )
            for bulletin in latest
        ]


class LivePanel(Component):
    """En vivo ahora: only while something is."""

    name = "newsroom-live"
    template_name = "newsroom/desk/live_panel.html"
    order = 5
    #: Above the columns of *Hoy*, on the whole width.
    across = True

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        now = LiveBlog.objects.exclude(state=LiveState.CLOSED).select_related("act")
        return {"blogs": now.annotate(many=Count("posts", filter=Q(posts__removed_at=None)))}
