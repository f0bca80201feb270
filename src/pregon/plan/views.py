"""A plan on the desk: how each promise stands, what lacks, the way to change its parts; its months, closed and opened
again; what a person captures and explains where records say nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.accounts.models import User
from pregon.plan import actions
from pregon.plan.actions.closing import month_named
from pregon.plan.closings import drift, months_of, unexplained, unexplained_in
from pregon.plan.comparing import year_before
from pregon.plan.contract import Period
from pregon.plan.enums import Closing, DraftState, Severity
from pregon.plan.errors import NotDrawn, PlanError
from pregon.plan.forms import (
    CaptureForm,
    DocumentForm,
    ExplainForm,
    MeasureForm,
    ReopenForm,
    ReportForm,
    TargetForm,
    UnderstoodForm,
    YearForm,
)
from pregon.plan.importing import draft_of
from pregon.plan.linting import Lack, Place
from pregon.plan.models import Activity, Indicator, Plan, PlanDraft
from pregon.plan.permissions import ADD, CAPTURE, CHANGE, CLOSE, EXPLAIN, SEE
from pregon.plan.previews import preview
from pregon.plan.queries import (
    Asking,
    captures_of,
    chain_faults,
    current_plans,
    lacks_of,
    month_standing,
    owed,
    plan_sheet,
    plans,
    rows_by_place,
    sheet_of,
)
from pregon.plan.reports.files import FORMATS, file_name, report_file
from pregon.plan.reports.layouts import LAYOUTS
from pregon.plan.reports.progress import Span
from pregon.plan.values import Draft

#: How many documents are shown that were handed in before.
PAGE = 12
DRAFT_TONES = {DraftState.WAITING: "warn", DraftState.LOADED: "ok", DraftState.DROPPED: ""}
TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: ""}


class Desk(LoginRequiredMixin, PermissionRequiredMixin, WagtailAdminTemplateMixin):
    """What the pages of a plan share."""

    permission_required: str | tuple[str, ...] = SEE
    raise_exception = True
    header_icon = "tasks"
    page_title = _("Plan anual")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def plan(self) -> Plan:
        return get_object_or_404(Plan, pk=self.kwargs["pk"])

    @cached_property
    def asking(self) -> Asking:
        return Asking(self.plan, at=timezone.now())

    @property
    def user(self) -> User:
        user: User = self.request.user  # strangers were kept out before
        return user


class DeskPage(Desk, TemplateView):
    """For everybody who may see the plan."""


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
        return self.read() or super().get(request, *args, **kwargs)

    def read(self) -> HttpResponse | None:
        """A document that an earlier version took may be one that this one does not read: it is told so."""
        try:
            self.draft  # noqa: B018 - it is kept for what follows
        except PlanError as refusal:
            messages.error(self.request, str(refusal))
            return redirect("plan_desk:import")
        return None

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
        return self.read() or super().post(request, *args, **kwargs)

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


class MeasureView(DeskPage):
    """What a measure would have said in the past months: a page of its own, and a part of the form that chooses one."""

    page_title = _("Medidas")

    def get_template_names(self) -> list[str]:
        return ["plan/desk/past_months.html" if "parte" in self.request.GET else "plan/desk/measure.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = MeasureForm(self.request.GET)
        chosen = form.cleaned_data["measure"] if form.is_valid() else ""
        shown = preview(chosen, form.parameters(), at=timezone.now()) if chosen else None
        return super().get_context_data(form=form, preview=shown, **kwargs)


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


# --- Months -------------------------------------------------------------------------------------------------


class MonthsView(DeskPage):
    """The twelve months, what changed in the records of those that are closed, and whether the chain is whole."""

    template_name = "plan/desk/months.html"
    page_title = _("Cierre de mes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        months = months_of(self.plan, self.asking)
        past = [month for month in months if month.state in {Closing.OPEN, Closing.CLOSED, Closing.REOPENED}]
        return super().get_context_data(
            plan=self.plan,
            months=months,
            names={month.number: month.name for month in months},
            drifts=drift(self.plan, self.asking),
            unexplained=[
                (month, lines)
                for month in past
                if (lines := unexplained(self.plan, month.number, self.asking))
            ],
            checked="comprobar" in self.request.GET,
            faults=chain_faults(self.plan),
            links=sum(len(month.links) for month in months),
            **kwargs,
        )


def month_in(address: dict[str, Any]) -> int:
    number: int = address["month"]
    if not 1 <= number <= 12:
        raise Http404
    return number


class MonthPage(Desk):
    """One month of a plan, to be closed or opened again. Whatever cannot be is told on the page of all months."""

    permission_required = CLOSE

    @cached_property
    def month(self) -> int:
        return month_in(self.kwargs)

    @property
    def named(self) -> str:
        return month_named(self.plan, self.month)

    def months(self) -> HttpResponse:
        return redirect("plan_desk:months", pk=self.plan.pk)


class CloseView(MonthPage, TemplateView):
    """Shows what will be signed, and asks once."""

    template_name = "plan/desk/close.html"
    page_title = _("Cerrar el mes")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stands = months_of(self.plan, self.asking)[self.month - 1]
        if stands.state in {Closing.OPEN, Closing.REOPENED}:
            return super().get(request, *args, **kwargs)
        messages.warning(request, gettext("%(month)s no se puede cerrar ahora.") % {"month": self.named})
        return self.months()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet = sheet_of(self.plan, self.asking, window=Period.month(self.plan.year, self.month))
        return super().get_context_data(
            plan=self.plan,
            named=self.named,
            sheet=sheet,
            figures=[row.figure for row in sheet.rows if row.figure and row.figure.value is not None],
            silent=[row.item for row in sheet.rows if not row.figure or row.figure.value is None],
            owed=owed(sheet),
            unexplained=list(unexplained_in(sheet, self.month)),
            failed=bool(self.asking.failed),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            seal = actions.close_month(self.plan, self.month, by=self.user, at=timezone.now())
        except PlanError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(
                request,
                gettext("%(month)s quedó cerrado. Huella: %(digest)s…")
                % {"month": self.named, "digest": seal.digest[:12]},
            )
        return self.months()


class ReopenView(MonthPage, FormView[ReopenForm]):
    """Asks why."""

    form_class = ReopenForm
    template_name = "plan/desk/reopen.html"
    page_title = _("Abrir de nuevo el mes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(plan=self.plan, named=self.named, **kwargs)

    def form_valid(self, form: ReopenForm) -> HttpResponse:
        try:
            actions.reopen_month(
                self.plan, self.month, reason=form.cleaned_data["reason"], by=self.user, at=timezone.now()
            )
        except PlanError as problem:
            form.add_error("reason", str(problem))
            return self.form_invalid(form)
        messages.success(
            self.request,
            gettext("%(month)s está abierto; lo que se cerró se conserva.") % {"month": self.named},
        )
        return self.months()


# --- What no record tells -----------------------------------------------------------------------------------


class LinePage(Desk):
    """One line of a plan, about which a person writes something."""

    @cached_property
    def item(self) -> Indicator | Activity:
        lines: list[Indicator | Activity] = [
            *self.plan.indicators.select_related("plan"),
            *self.plan.activities.select_related("plan"),
        ]
        for line in lines:
            if line.slug == self.kwargs["item"]:
                return line
        raise Http404


class CaptureView(LinePage, FormView[CaptureForm]):
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
    def open_months(self) -> list[int]:
        takes = {Closing.RUNS, Closing.OPEN, Closing.REOPENED}
        return [month.number for month in months_of(self.plan, self.asking) if month.state in takes]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        months = months_of(self.plan, self.asking)
        before = [one for one in captures_of(self.plan) if (one.indicator or one.activity) == self.item]
        standing = {one.month: one.pk for one in before}
        return super().get_context_data(
            plan=self.plan,
            item=self.item,
            captures=[
                (one, months[one.month - 1].name, standing[one.month] == one.pk) for one in reversed(before)
            ],
            none_open=not self.open_months,
            **kwargs,
        )

    def form_valid(self, form: CaptureForm) -> HttpResponse:
        try:
            actions.capture(self.item, form.cleaned_data["month"], form.said, by=self.user, at=timezone.now())
        except PlanError as problem:
            form.add_error(None, str(problem))
            return self.form_invalid(form)
        messages.success(self.request, gettext("La cifra quedó capturada."))
        return redirect("plan_desk:sheet", pk=self.plan.pk)


class ExplainView(LinePage, FormView[ExplainForm]):
    """Why a line went otherwise than planned in a month."""

    permission_required = EXPLAIN
    form_class = ExplainForm
    template_name = "plan/desk/explain.html"
    page_title = _("Explicar una desviación")

    @cached_property
    def month(self) -> int:
        return month_in(self.kwargs)

    def get_initial(self) -> dict[str, Any]:
        said = self.item.deviations.filter(month=self.month, at__isnull=False).first()
        return {"cause": said.cause, "effect": said.effect, "remedy": said.remedy} if said else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        named = month_named(self.plan, self.month)
        return super().get_context_data(plan=self.plan, item=self.item, named=named, **kwargs)

    def form_valid(self, form: ExplainForm) -> HttpResponse:
        try:
            actions.explain(self.item, self.month, form.said, by=self.user, at=timezone.now())
        except PlanError as problem:
            form.add_error(None, str(problem))
            return self.form_invalid(form)
        messages.success(self.request, gettext("La explicación quedó escrita y se lee en el sitio."))
        return redirect("plan_desk:months", pk=self.plan.pk)
