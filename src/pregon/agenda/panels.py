"""What *Hoy* shows of the agenda: the acts of the day, what each is due and by whom, and tomorrow's below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component

from pregon.agenda.queries import DayRow, day_rows, owed_rows

#: How far back *Hoy* reminds, and of how many: what is older stands in the agenda.
DAYS_BACK, OWED_SHOWN = 7, 4


def local_midnight(at: datetime, *, days: int = 0) -> datetime:
    """The beginning of the local day of ``at``, or of one some days later: true on the days the clock changes too."""
    day = timezone.localdate(at) + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time.min))


def summary(rows: list[DayRow]) -> str:
    """The day in one line: how many acts, and how many with nobody to cover them."""
    if not rows:
        return ""
    alone = sum(row.alone for row in rows)
    if alone:
        words = ngettext("%(count)d sin quien lo cubra", "%(count)d sin quien los cubra", alone) % {
            "count": alone
        }
    else:
        words = _("todos con quien los cubra") if len(rows) > 1 else _("con quien lo cubra")
    return f"{len(rows)} · {words}"


class TodayPanel(Component):
    """Actos de hoy."""

    name = "agenda-today"
    template_name = "agenda/desk/today.html"
    order = 10

    def __init__(self, at: datetime) -> None:
        self.at = at

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        middle = local_midnight(self.at, days=1)
        before = local_midnight(self.at, days=-DAYS_BACK), local_midnight(self.at)
        rows = day_rows(local_midnight(self.at), local_midnight(self.at, days=2), at=self.at)
        today = [row for row in rows if row.act.start < middle]
        user = parent_context["request"].user
        return {
            "rows": today,
            "tomorrow": [row for row in rows if row.act.start >= middle],
            "owed": owed_rows(*before, at=self.at)[:OWED_SHOWN],
            "summary": summary(today),
            "may_add": user.has_perm("agenda.add_act"),
            "may_change": user.has_perm("agenda.change_act"),
        }
