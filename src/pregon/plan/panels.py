"""What *Hoy* shows of the plan: the month's figures, and on which of its working days we are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component

from pregon.plan.queries import current_plan, month_standing, months_to_close, plans


class PlanPanel(Component):
    """El plan este mes."""

    name = "plan-month"
    template_name = "plan/desk/month.html"
    order = 90

    def __init__(self, at: datetime) -> None:
        self.at = at

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        plan = current_plan(self.at)
        today = timezone.localdate(self.at)
        # A plan of another year has no month that runs.
        running = plan is not None and plan.year == today.year
        # In January the last month of the year before still waits.
        to_close = [
            (one, months)
            for one in plans()
            if today.year - 1 <= one.year <= today.year and (months := months_to_close(one, at=self.at))
        ]
        return {
            "plan": plan,
            "to_close": to_close,
            "standing": month_standing(plan, today.month, at=self.at) if plan and running else None,
        }
