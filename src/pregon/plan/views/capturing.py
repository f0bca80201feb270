"""Writing down a figure that no record tells."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pregon.plan import actions
from pregon.plan.closings import MonthOfPlan, months_of
from pregon.plan.enums import Closing
from pregon.plan.forms import CaptureForm
from pregon.plan.permissions import CAPTURE
from pregon.plan.queries import captures_of, standing
from pregon.plan.views.desk import DeskForm, LineDesk


class CaptureView(LineDesk, DeskForm[CaptureForm]):
    """A figure typed by hand, with what was typed before."""

    permission_required = CAPTURE
    form_class = CaptureForm
    template_name = "plan/desk/capture.html"
    page_title = _("Capturar a mano")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"item": self.item, "months": self.open_months}

    def get_initial(self) -> dict[str, Any]:
        return {"month": self.open_months[-1] if self.open_months else None}

    @cached_property
    def months(self) -> tuple[MonthOfPlan, ...]:
        return months_of(self.plan, self.asking)

    @cached_property
    def open_months(self) -> list[int]:
        takes = {Closing.RUNS, Closing.OPEN, Closing.REOPENED}
        return [month.number for month in self.months if month.state in takes]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        before = [one for one in captures_of(self.plan) if (one.indicator or one.activity) == self.item]
        stand = standing(before)
        return super().get_context_data(
            captures=[(one, self.months[one.month - 1].name, one in stand) for one in reversed(before)],
            none_open=not self.open_months,
            **kwargs,
        )

    def carry_out(self, form: CaptureForm) -> HttpResponse:
        actions.capture(self.item, form.cleaned_data["month"], form.said, by=self.user, at=self.at)
        messages.success(self.request, gettext("La cifra quedó capturada."))
        return redirect("plan_desk:sheet", pk=self.plan.pk)
