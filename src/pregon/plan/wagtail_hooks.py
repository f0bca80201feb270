"""Hangs the plan on the desk: its pages, its menu entry, its panel on Hoy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry
from wagtail.snippets.models import register_snippet

from pregon.plan.enums import SEAL_LOGGED, SealAct
from pregon.plan.models import Activity, Indicator, Plan, Programme
from pregon.plan.panels import PlanPanel
from pregon.plan.permissions import SEE
from pregon.plan.queries import goes_along, held
from pregon.plan.viewsets import VIEWSETS

PARTS = (Plan, Programme, Indicator, Activity)

for viewset in VIEWSETS:
    register_snippet(viewset)


@hooks.register("register_admin_urls")
def plan_urls() -> list[Any]:
    return [path("plan/", include("pregon.plan.urls"))]


@hooks.register("register_log_actions")
def plan_acts(actions: LogActionRegistry) -> None:
    actions.register_action(SEAL_LOGGED[SealAct.CLOSED], _("Cerrar un mes"), _("Se cerró un mes"))
    actions.register_action(
        SEAL_LOGGED[SealAct.REOPENED], _("Abrir de nuevo un mes"), _("Se abrió de nuevo un mes")
    )


class PlanMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEE)


@hooks.register("register_admin_menu_item")
def plan_menu() -> MenuItem:
    return PlanMenuItem(_("Plan anual"), reverse("plan_desk:index"), name="plan", icon_name="tasks", order=60)


@hooks.register("construct_homepage_panels")
def plan_panel(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm(SEE):
        panels.append(PlanPanel(timezone.now()))


@hooks.register("before_delete_snippet")
def before_deleting(request: HttpRequest, instances: Sequence[Model]) -> HttpResponse | None:
    """What holds a part of a plan, or is lost with it, is told before anybody presses."""
    parts = [part for part in instances if isinstance(part, PARTS)]
    for part in parts:
        if refusal := held(part):
            messages.error(request, refusal)
            plan = part if isinstance(part, Plan) else part.plan
            return redirect("plan_desk:sheet", pk=plan.pk)
    if request.method == "GET" and (lost := goes_along(parts)):
        messages.warning(request, lost)
    return None
