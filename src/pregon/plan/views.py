"""A plan on the desk: how each promise stands, what lacks, and the way to change its parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.plan import actions
from pregon.plan.enums import DraftState
from pregon.plan.errors import NotDrawn, PlanError
from pregon.plan.forms import DocumentForm, ReportForm, UnderstoodForm
from pregon.plan.importing import draft_of
from pregon.plan.models import Plan, PlanDraft
from pregon.plan.permissions import ADD, SEE
from pregon.plan.queries import current_plan, month_standing, owed, plan_sheet, plans
from pregon.plan.reports.files import FORMATS, file_name, report_file
from pregon.plan.reports.layouts import LAYOUTS
from pregon.plan.reports.progress import Span
from pregon.plan.values import Draft

#: How many documents are shown that were handed in before.
PAGE = 12
DRAFT_TONES = {DraftState.WAITING: "warn", DraftState.LOADED: "ok", DraftState.DROPPED: ""}


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


class ImportView(DeskPage, FormView[DocumentForm]):
    """Takes a document in, to be understood. Nothing is loaded yet."""

    permission_required = ADD
    template_name = "plan/desk/import.html"
    form_class = DocumentForm
    page_title = _("Importar un plan")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = PlanDraft.objects.select_related("by", "plan").defer("content")[:PAGE]
        drafts = [{"draft": draft, "tone": DRAFT_TONES[DraftState(draft.state)]} for draft in latest]
        return super().get_context_data(drafts=drafts, **kwargs)

    def form_valid(self, form: DocumentForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            draft = actions.hand_in(
                file.read(),
                name=file.name,
                by=self.request.user,  # type: ignore[arg-type]  # the permission keeps strangers out
                at=timezone.now(),
            )
        except PlanError as refusal:
            form.add_error("file", str(refusal))
            return self.form_invalid(form)
        return redirect("plan_desk:draft", pk=draft.pk)


class DraftView(DeskPage, FormView[UnderstoodForm]):
    """What was understood beside each line of the document, and the button that makes a plan of it."""

    permission_required = ADD
    template_name = "plan/desk/draft.html"
    form_class = UnderstoodForm
    page_title = _("Importar un plan")

    @cached_property
    def row(self) -> PlanDraft:
        return get_object_or_404(PlanDraft.objects.select_related("plan"), pk=self.kwargs["pk"])

    @cached_property
    def draft(self) -> Draft:
        year = timezone.localdate(self.row.at).year
        return draft_of(bytes(self.row.content), name=self.row.name, year=year)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.row.state == DraftState.LOADED and self.row.plan:
            return redirect("plan_desk:sheet", pk=self.row.plan.pk)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        plan = self.draft.plan
        return {name: getattr(plan, name) for name in ("title", "year", "kind", "unit_name", "key")}

    def get_form(self, form_class: type[UnderstoodForm] | None = None) -> UnderstoodForm:
        form = super().get_form(form_class)
        if not form.has_error("replacing") and not form.data.get("replacing"):
            del form.fields["replacing"]  # a question for those only whom it concerns
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = [line for line in self.draft.lines if line.text.strip()]
        return super().get_context_data(
            row=self.row,
            waiting=self.row.state == DraftState.WAITING,
            plan=self.draft.plan,
            lines=said,
            doubtful=[line for line in said if line.doubt],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "drop" in request.POST:
            actions.drop_draft(self.row, at=timezone.now())
            messages.success(request, _("El documento quedó descartado; se conserva en la lista."))
            return redirect("plan_desk:import")
        if self.row.state == DraftState.LOADED and self.row.plan:
            return redirect("plan_desk:sheet", pk=self.row.plan.pk)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: UnderstoodForm) -> HttpResponse:
        written = {name: value for name, value in form.cleaned_data.items() if name != "replacing"}
        try:
            plan = actions.load_draft(self.row, replace(self.draft.plan, **written), at=timezone.now())
        except PlanError as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("El plan quedó cargado. Revisa cómo se mide cada promesa."))
        return redirect("plan_desk:sheet", pk=plan.pk)


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
