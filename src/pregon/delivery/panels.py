"""What *Hoy* shows of the delivery engine: what is going out right now, a bar and a number for each channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.forms import Script
from wagtail.admin.ui.components import Component

from pregon.delivery.progress import going_out


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
