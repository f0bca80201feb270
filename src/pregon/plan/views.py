"""A plan on the desk: how each promise stands, what lacks, and the way to change its parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.plan import actions
from pregon.plan.comparing import year_before
from pregon.plan.enums import DraftState, Severity
from pregon.plan.errors import NotDrawn, PlanError
from pregon.plan.forms import DocumentForm, ReportForm, TargetForm, UnderstoodForm, YearForm
from pregon.plan.importing import draft_of
from pregon.plan.linting import Lack, Place
from pregon.plan.models import Indicator, Plan, PlanDraft
from pregon.plan.permissions import ADD, CHANGE, SEE
from pregon.plan.queries import (
    current_plans,
    lacks_of,
    month_standing,
    owed,
    plan_sheet,
    plans,
    rows_by_place,
)
from pregon.plan.reports.files import FORMATS, file_name, report_file
from pregon.plan.reports.layouts import LAYOUTS
from pregon.plan.reports.progress import Span
from pregon.plan.values import Draft

#: How many documents are shown that were handed in before.
PAGE = 12
DRAFT_TONES = {DraftState.WAITING: "warn", DraftState.LOADED: "ok", DraftState.DROPPED: ""}
TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: ""}


class DeskPage(LoginRequiredMixin, PermissionRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    """For everybody who may see the plan."""

    permission_required: str | tuple[str, ...] = SEE
    raise_exception = True
    header_icon = "tasks"
    page_title = _("Plan anual")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class CurrentPlanView(DeskPage):
    """Leads to the plan of the year; shows all where there are several; without any, says how to load one."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        at = timezone.now()
        current = current_plans(at)
        if len(current) == 1:
            return redirect("plan_desk:sheet", pk=current[0].pk)
        self.template_name = "plan/desk/index.html" if current else "plan/desk/none.html"
        return self.render_to_response(
            self.get_context_data(
                sheets=[plan_sheet(plan, at=at) for plan in current],
                others=[plan for plan in plans() if plan not in current],
                **kwargs,
            )
        )


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
            lacks=shortfalls(plan, may_change=self.request.user.has_perm(CHANGE)),
            to_review=sum(row.indicator.review_due for row in sheet.indicators),
            **kwargs,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """One fault of a plan, with the form in which each of its places is mended; no address for who may not."""

    lack: Lack
    places: tuple[tuple[str, str], ...]

    @property
    def tone(self) -> str:
        return TONES[self.lack.severity]


def shortfalls(plan: Plan, *, may_change: bool) -> list[Shortfall]:
    rows = rows_by_place(plan)

    def form_of(place: Place) -> str:
        row = rows[place.part][max(place.number - 1, 0)]
        return reverse(f"wagtailsnippets_plan_{row._meta.model_name}:edit", args=[row.pk])

    return [
        Shortfall(
            lack=lack,
            places=tuple((str(place), form_of(place) if may_change else "") for place in lack.places),
        )
        for lack in lacks_of(plan)
    ]


class BeginYearView(DeskPage):
    """Copies a plan to another year, told beforehand what goes along and what does not."""

    template_name = "plan/desk/begin_year.html"
    permission_required = (CHANGE, ADD)
    page_title = _("Preparar otro año")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = get_object_or_404(Plan, pk=self.kwargs["pk"])
        kwargs.setdefault("form", YearForm(initial={"year": plan.year + 1}))
        return super().get_context_data(plan=plan, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        plan = get_object_or_404(Plan, pk=self.kwargs["pk"])
        form = YearForm(request.POST)
        if form.is_valid():
            try:
                begun = actions.begin_year(
                    plan,
                    form.cleaned_data["year"],
                    by=request.user,  # type: ignore[arg-type]  # the permission keeps strangers out
                    at=timezone.now(),
                )
            except PlanError as refusal:
                form.add_error("year", str(refusal))
            else:
                messages.success(request, _("Quedó preparado %(plan)s: revisa sus metas.") % {"plan": begun})
                return redirect("plan_desk:review", pk=begun.pk)
        return self.render_to_response(self.get_context_data(form=form))


class ReviewView(DeskPage):
    """One target after another, beside what was promised and reached the year before: it stays or it changes."""

    template_name = "plan/desk/review.html"
    permission_required = CHANGE
    page_title = _("Revisar las metas")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = get_object_or_404(Plan, pk=self.kwargs["pk"])
        indicators = list(plan.indicators.select_related("plan", "reviewed_by"))
        due = [indicator for indicator in indicators if indicator.review_due]
        wanted = self.request.GET.get("meta")
        indicator = next(
            (row for row in indicators if row.code == wanted) if wanted else iter(due),
            None,
        )
        before = year_before(plan)
        sheet = plan_sheet(before, at=timezone.now()) if before and indicator else None
        if indicator:
            kwargs.setdefault("form", TargetForm(instance=indicator))
        return super().get_context_data(
            plan=plan,
            indicators=indicators,
            indicator=indicator,
            before=before,
            old=next((row for row in sheet.indicators if row.indicator.code == indicator.code), None)
            if sheet and indicator
            else None,
            reviewed=len(indicators) - len(due),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        indicator = get_object_or_404(Indicator, plan_id=self.kwargs["pk"], code=request.GET.get("meta", ""))
        target, text = indicator.target, indicator.target_text
        if "change" in request.POST:
            form = TargetForm(request.POST, instance=indicator)
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(form=form))
            target, text = form.cleaned_data["target"], form.cleaned_data["target_text"]
        actions.review_target(
            indicator,
            target=target,
            target_text=text,
            by=request.user,  # type: ignore[arg-type]  # the permission keeps strangers out
            at=timezone.now(),
        )
        messages.success(request, _("Quedó revisada la meta de «%(name)s».") % {"name": indicator.name})
        return redirect("plan_desk:review", pk=indicator.plan_id)


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
