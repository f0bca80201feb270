"""Saying why a line went otherwise than planned."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pregon.plan import actions
from pregon.plan.forms import ExplainForm
from pregon.plan.permissions import EXPLAIN
from pregon.plan.views.desk import DeskForm, LineDesk, MonthDesk


class ExplainView(LineDesk, MonthDesk, DeskForm[ExplainForm]):
    """Of one month."""

    permission_required = EXPLAIN
    form_class = ExplainForm
    template_name = "plan/desk/explain.html"
    page_title = _("Explicar una desviación")

    def get_initial(self) -> dict[str, Any]:
        said = self.item.deviations.filter(month=self.month, at__isnull=False).first()
        return {"cause": said.cause, "effect": said.effect, "remedy": said.remedy} if said else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(signed=actions.why_signed(self.plan, self.month), **kwargs)

    def carry_out(self, form: ExplainForm) -> HttpResponse:
        actions.explain(self.item, self.month, form.said, by=self.user, at=self.at)
        messages.success(self.request, gettext("La explicación quedó escrita y se lee en el sitio."))
        return redirect("plan_desk:months", pk=self.plan.pk)
