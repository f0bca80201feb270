"""Taking a report along: which quarter, in which order, as which file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from pregon.plan.errors import NotDrawn
from pregon.plan.forms import ReportForm
from pregon.plan.reports.files import FORMATS, file_name, report_file
from pregon.plan.reports.layouts import LAYOUTS
from pregon.plan.reports.progress import Span
from pregon.plan.views.desk import PlanDesk


class ReportView(PlanDesk, TemplateView):
    """Chooses a report, and hands it over as a file."""

    template_name = "plan/desk/report.html"
    page_title = _("Informe")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReportForm(request.GET or None, plan=self.plan, today=timezone.localdate(self.at))
        if form.is_valid():
            try:
                return self.file(form.cleaned_data)
            except NotDrawn as problem:
                form.add_error(None, str(problem))
        return self.render_to_response(self.get_context_data(form=form))

    def file(self, chosen: dict[str, str]) -> HttpResponse:
        span, kind = Span.named(chosen["span"]), FORMATS[chosen["kind"]]
        layout = LAYOUTS[chosen["layout"]]
        written = report_file(self.plan, span, layout, kind, at=self.at)
        answer = HttpResponse(written, content_type=kind.media_type)
        name = file_name(self.plan, span, layout, kind)
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
