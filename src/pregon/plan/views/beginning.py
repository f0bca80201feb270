"""Another year begins with the plan of this one: it is copied, and then each target is looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from pregon.plan import actions
from pregon.plan.comparing import year_before
from pregon.plan.forms import TargetForm, YearForm
from pregon.plan.models import Indicator
from pregon.plan.permissions import ADD, CHANGE
from pregon.plan.queries import IndicatorSheet, plan_sheet
from pregon.plan.views.desk import DeskForm, PlanDesk


class BeginYearView(PlanDesk, DeskForm[YearForm]):
    """Copies a plan to another year, told beforehand what goes along and what does not."""

    permission_required = (CHANGE, ADD)
    template_name = "plan/desk/begin_year.html"
    form_class = YearForm
    refused_at = "year"
    page_title = _("Preparar otro año")

    def get_initial(self) -> dict[str, Any]:
        return {"year": self.plan.year + 1}

    def carry_out(self, form: YearForm) -> HttpResponse:
        begun = actions.begin_year(self.plan, form.cleaned_data["year"], by=self.user, at=self.at)
        messages.success(self.request, _("Quedó preparado %(plan)s: revisa sus metas.") % {"plan": begun})
        return redirect("plan_desk:review", pk=begun.pk)


class ReviewView(PlanDesk, TemplateView):
    """One target after another, beside what was promised and reached the year before: it stays or it changes."""

    permission_required = CHANGE
    template_name = "plan/desk/review.html"
    page_title = _("Revisar las metas")

    @cached_property
    def indicators(self) -> list[Indicator]:
        return list(self.plan.indicators.select_related("plan", "reviewed_by"))

    @property
    def wanted(self) -> Indicator | None:
        """The one that was asked for; unasked, the first that waits."""
        if code := self.request.GET.get("meta"):
            return next((row for row in self.indicators if row.code == code), None)
        return next((row for row in self.indicators if row.review_due), None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        indicator = self.wanted
        if indicator:
            kwargs.setdefault("form", TargetForm(instance=indicator))
            kwargs |= self.of_year_before(indicator)
        return super().get_context_data(
            indicators=self.indicators,
            indicator=indicator,
            reviewed=sum(not row.review_due for row in self.indicators),
            **kwargs,
        )

    def of_year_before(self, indicator: Indicator) -> dict[str, Any]:
        before = year_before(self.plan)
        if before is None:
            return {}
        rows = plan_sheet(before, at=self.at).indicators
        old: IndicatorSheet | None = next((row for row in rows if row.indicator.code == indicator.code), None)
        return {"before": before, "old": old}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        indicator = get_object_or_404(Indicator, plan=self.plan, code=request.GET.get("meta", ""))
        target, text = indicator.target, indicator.target_text
        if "change" in request.POST:
            form = TargetForm(request.POST, instance=indicator)
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(form=form))
            target, text = form.cleaned_data["target"], form.cleaned_data["target_text"]
        actions.review_target(indicator, target=target, target_text=text, by=self.user, at=self.at)
        messages.success(request, _("Quedó revisada la meta de «%(name)s».") % {"name": indicator.name})
        return redirect("plan_desk:review", pk=self.plan.pk)
