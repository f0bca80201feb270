"""A document becomes a plan: it is handed in, looked at line by line, and loaded when a person says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pregon.plan import actions
from pregon.plan.enums import DraftState
from pregon.plan.errors import PlanError
from pregon.plan.forms import DocumentForm, UnderstoodForm
from pregon.plan.importing import draft_of
from pregon.plan.models import PlanDraft
from pregon.plan.permissions import ADD
from pregon.plan.values import Draft
from pregon.plan.views.desk import Desk, DeskForm

#: How many documents are shown that were handed in before.
PAGE = 12
TONES = {DraftState.WAITING: "warn", DraftState.LOADED: "ok", DraftState.DROPPED: ""}


class ImportView(Desk, DeskForm[DocumentForm]):
    """Takes a document in, to be understood. Nothing is loaded yet."""

    permission_required = ADD
    template_name = "plan/desk/import.html"
    form_class = DocumentForm
    refused_at = "file"
    page_title = _("Importar un plan")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = PlanDraft.objects.select_related("by", "plan").defer("content")[:PAGE]
        drafts = [{"draft": draft, "tone": TONES[DraftState(draft.state)]} for draft in latest]
        return super().get_context_data(drafts=drafts, **kwargs)

    def carry_out(self, form: DocumentForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        draft = actions.hand_in(file.read(), name=file.name, by=self.user, at=self.at)
        return redirect("plan_desk:draft", pk=draft.pk)


class DraftView(Desk, DeskForm[UnderstoodForm]):
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
        return self.in_year(timezone.localdate(self.row.at).year)

    def in_year(self, year: int) -> Draft:
        """What the document says, where ``year`` stands for the one that it does not name."""
        return draft_of(bytes(self.row.content), name=self.row.name, year=year)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.settled() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "drop" in request.POST:
            actions.drop_draft(self.row, at=self.at)
            messages.success(request, _("El documento quedó descartado; se conserva en la lista."))
            return redirect("plan_desk:import")
        return self.settled() or super().post(request, *args, **kwargs)

    def settled(self) -> HttpResponse | None:
        """The way to the plan that this document became already; or back, when an earlier version took what this one
        does not read."""
        if self.row.state == DraftState.LOADED and self.row.plan:
            return redirect("plan_desk:sheet", pk=self.row.plan.pk)
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

    def carry_out(self, form: UnderstoodForm) -> HttpResponse:
        year = form.cleaned_data["year"]
        written = {name: form.cleaned_data[name] for name in ("title", "kind", "unit_name", "key")}
        part = replace(self.in_year(year).plan, **written)
        plan = actions.load_draft(self.row, part, at=self.at, year=year)
        messages.success(self.request, _("El plan quedó cargado. Revisa cómo se mide cada promesa."))
        return redirect("plan_desk:sheet", pk=plan.pk)
