"""What *Hoy* shows of the delivery engine: what asks for attention, and what is going out right now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.forms import Script
from wagtail.admin.ui.components import Component

from pregon.delivery.health import alarms, dying, to_pass_on
from pregon.delivery.progress import going_out
from pregon.delivery.registry import label_of


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


class AlertsPanel(Component):
    """Lo que pide atención: channels that get nothing through, keys about to end, and what waits for a person's hand.
    On a good day it is not there."""

    name = "delivery-alerts"
    template_name = "delivery/desk/alerts.html"
    order = 15

    def __init__(self, at: datetime) -> None:
        self.alarms = alarms(at)
        stuck = {alarm.kind for alarm in self.alarms}
        # One failure is one warning: a key that has ended is what the alarm of its channel is about.
        self.tokens = [
            (account, life)
            for account, life in dying(at)
            if life.expires_at > at or account.kind not in stuck
        ]
        self.by_hand = to_pass_on(at)

    @property
    def needed(self) -> bool:
        return bool(self.alarms or self.tokens or self.by_hand)

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        may_set_up = parent_context["request"].user.has_perm("delivery.change_channelaccount")
        return {
            "alarms": self.alarms,
            "tokens": [(account, label_of(account.kind), life) for account, life in self.tokens],
            "by_hand": self.by_hand,
            "may_set_up": may_set_up,
        }
