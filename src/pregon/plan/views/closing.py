"""Closing months: which are, what changed since, whether the chain is whole; one is signed or opened again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from pregon.plan import actions
from pregon.plan.closings import drift, months_of, unexplained, unexplained_in
from pregon.plan.contract import Period
from pregon.plan.enums import Closing
from pregon.plan.errors import PlanError
from pregon.plan.forms import ReopenForm
from pregon.plan.permissions import CLOSE
from pregon.plan.queries import chain_faults, owed, sheet_of
from pregon.plan.views.desk import DeskForm, MonthDesk, PlanDesk


class MonthsView(PlanDesk, TemplateView):
    """The twelve months, what changed in the records of those that are closed, and whether the chain is whole."""

    template_name = "plan/desk/months.html"
    page_title = _("Cierre de mes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        months = months_of(self.plan, self.asking)
        takes = {Closing.OPEN, Closing.REOPENED}  # what was said of a closed month is signed
        return super().get_context_data(
            months=months,
            names={month.number: month.name for month in months},
            drifts=drift(self.plan, self.asking),
            unexplained=[
                (month, lines)
                for month in months
                if month.state in takes and (lines := unexplained(self.plan, month.number, self.asking))
            ],
            checked="comprobar" in self.request.GET,
            faults=chain_faults(self.plan),
            links=sum(len(month.links) for month in months),
            **kwargs,
        )


class CloseView(MonthDesk, TemplateView):
    """Shows what will be signed, and asks once. Whatever cannot be is told on the page of all months."""

    permission_required = CLOSE
    template_name = "plan/desk/close.html"
    page_title = _("Cerrar el mes")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            actions.check_may_close(self.plan, self.month, today=self.asking.today)
        except PlanError as refusal:
            messages.warning(request, str(refusal))
            return redirect("plan_desk:months", pk=self.plan.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet = sheet_of(self.plan, self.asking, window=Period.month(self.plan.year, self.month))
        return super().get_context_data(
            sheet=sheet,
            figures=[row.figure for row in sheet.rows if row.figure and row.figure.value is not None],
            silent=[row.item for row in sheet.rows if not row.figure or row.figure.value is None],
            owed=owed(sheet),
            unexplained=list(unexplained_in(sheet, self.month)),
            failed=sorted(set(self.asking.failed.values())),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            seal = actions.close_month(self.plan, self.month, by=self.user, at=self.at)
        except PlanError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(
                request,
                gettext("%(month)s quedó cerrado. Huella: %(digest)s…")
                % {"month": self.named, "digest": seal.digest[:12]},
            )
        return redirect("plan_desk:months", pk=self.plan.pk)


class ReopenView(MonthDesk, DeskForm[ReopenForm]):
    """Asks why."""

    permission_required = CLOSE
    form_class = ReopenForm
    refused_at = "reason"
    template_name = "plan/desk/reopen.html"
    page_title = _("Abrir de nuevo el mes")

    def carry_out(self, form: ReopenForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        actions.reopen_month(self.plan, self.month, reason=reason, by=self.user, at=self.at)
        messages.success(
            self.request,
            gettext("%(month)s está abierto; lo que se cerró se conserva.") % {"month": self.named},
        )
        return redirect("plan_desk:months", pk=self.plan.pk)
