"""A plan on the desk: how each promise stands, what lacks, and the way to change its parts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.plan.errors import NotDrawn
from pregon.plan.forms import ReportForm
from pregon.plan.models import Plan
from pregon.plan.permissions import SEE
from pregon.plan.queries import current_plan, month_standing, owed, plan_sheet, plans
from pregon.plan.reports.files import FORMATS, file_name, report_file
from pregon.plan.reports.layouts import LAYOUTS
from pregon.plan.reports.progress import Span


class DeskPage(LoginRequiredMixin, PermissionRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    """For everybody who may see the plan."""

    permission_required = SEE
    raise_exception = True
    header_icon = "tasks"
    page_title = _("Plan anual")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class CurrentPlanView(DeskPage):
    """Leads to the plan of the year; without any, says how to load one."""

    template_name = "plan/desk/none.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        plan = current_plan(timezone.now())
        return redirect("plan_desk:sheet", pk=plan.pk) if plan else super().get(request, *args, **kwargs)


class SheetView(DeskPage):
    """One plan."""

    template_name = "plan/desk/sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = timezone.now()
        plan = get_object_or_404(Plan, pk=self.kwargs["pk"])
        sheet = plan_sheet(plan, at=at)
        today = timezone.localdate(at)
        return super().get_context_data(
            sheet=sheet,
            owed=owed(sheet),
            standing=month_standing(plan, today.month, at=at) if today.year == plan.year else None,
            others=[other for other in plans() if other.pk != plan.pk],
            **kwargs,
        )


class ReportView(DeskPage):
    """Chooses a report, and hands it over as a file."""

    template_name = "plan/desk/report.html"
    page_title = _("Informe")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        at = timezone.now()
        plan = get_object_or_404(Plan, pk=self.kwargs["pk"])
        form = ReportForm(request.GET or None, plan=plan, today=timezone.localdate(at))
        if form.is_bound and form.is_valid():
            chosen = form.cleaned_data
            span, kind = Span.named(chosen["span"]), FORMATS[chosen["kind"]]
            try:
                written = report_file(plan, span, LAYOUTS[chosen["layout"]], kind, at=at)
            except NotDrawn as problem:
                form.add_error(None, str(problem))
            else:
                answer = HttpResponse(written, content_type=kind.media_type)
                answer["Content-Disposition"] = f'attachment; filename="{file_name(plan, span, kind)}"'
                return answer
        return self.render_to_response(self.get_context_data(plan=plan, form=form))
