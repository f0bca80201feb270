"""What the pages of a plan share: who may, which plan, and how a refusal is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.accounts.models import User
from pregon.plan.actions.closing import month_named
from pregon.plan.errors import PlanError
from pregon.plan.models import Activity, Indicator, Plan
from pregon.plan.permissions import SEE
from pregon.plan.queries import Asking

F = TypeVar("F", bound=BaseForm)


class Desk(LoginRequiredMixin, PermissionRequiredMixin, WagtailAdminTemplateMixin):
    """For everybody who may see plans; a page that changes one asks for more."""

    permission_required: str | tuple[str, ...] = SEE
    raise_exception = True
    header_icon = "tasks"
    page_title = _("Plan anual")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @property
    def user(self) -> User:
        user: User = self.request.user  # strangers were kept out before
        return user

    @cached_property
    def at(self) -> datetime:
        return timezone.now()


class PlanDesk(Desk):
    """About the plan that the address names."""

    @cached_property
    def plan(self) -> Plan:
        return get_object_or_404(Plan, pk=self.kwargs["pk"])

    @cached_property
    def asking(self) -> Asking:
        return Asking(self.plan, at=self.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(plan=self.plan, **kwargs)
        return context


class MonthDesk(PlanDesk):
    """About one month of it."""

    @cached_property
    def month(self) -> int:
        number: int = self.kwargs["month"]
        if not 1 <= number <= 12:
            raise Http404
        return number

    @property
    def named(self) -> str:
        return month_named(self.plan, self.month)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(named=self.named, **kwargs)


class LineDesk(PlanDesk):
    """About one of its lines."""

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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(item=self.item, **kwargs)


class DeskForm(FormView[F]):
    """Asks, and does what was asked for. What cannot be done is told on the form, where nothing typed is lost."""

    #: The field beside which it is told; without one, above them all.
    refused_at: str | None = None

    def form_valid(self, form: F) -> HttpResponse:
        try:
            return self.carry_out(form)
        except PlanError as refusal:
            form.add_error(self.refused_at, str(refusal))
            return self.form_invalid(form)

    def carry_out(self, form: F) -> HttpResponse:
        raise NotImplementedError
