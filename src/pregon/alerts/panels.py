"""What *Hoy* shows of alerts: what holds, what waits for its second person, what waits for its justification."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wagtail.admin.ui.components import Component

from pregon.alerts.briefs import headline_of, hour
from pregon.alerts.permissions import MAY_JUSTIFY
from pregon.alerts.queries import active, unjustified, waiting

SHOWN = 5


class AlertPanel(Component):
    """Alertas. Nothing at all while there is nothing to tell."""

    name = "alerts-now"
    template_name = "alerts/desk/panel.html"
    order = 1
    #: Above the columns of *Hoy*, on the whole width.
    across = True

    def __init__(self, at: datetime) -> None:
        self.at = at

    @property
    def is_needed(self) -> bool:
        return active(self.at).exists() or waiting().exists() or unjustified().exists()

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        return {
            "waiting": [(alert, headline_of(alert)) for alert in waiting()],
            "active": [(alert, headline_of(alert), hour(alert.expires)) for alert in active(self.at)[:SHOWN]],
            "unjustified": unjustified()[:SHOWN] if user.has_perm(MAY_JUSTIFY) else [],
            "today": self.at.date(),
        }
