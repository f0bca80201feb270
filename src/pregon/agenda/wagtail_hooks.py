"""Hangs the agenda on the desk: its list, its menu entry with the acts of today still uncovered, its panel on Hoy."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from pregon.agenda.panels import TodayPanel, local_midnight
from pregon.agenda.queries import uncovered
from pregon.agenda.viewsets import ActViewSet, act_viewset


@hooks.register("register_admin_viewset")
def agenda_viewset() -> ActViewSet:
    return act_viewset


@hooks.register("register_admin_urls")
def agenda_urls() -> list[Any]:
    return [path("agenda/", include("pregon.agenda.urls"))]


class AgendaMenuItem(MenuItem):
    """Shows how many acts of today still owe a piece."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("agenda.view_act")

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        at = timezone.now()
        owed = uncovered(local_midnight(at), local_midnight(at, days=1))
        component.attrs = {"data-desk-badge": str(owed)} if owed else {}
        return component


@hooks.register("register_admin_menu_item")
def agenda_menu() -> MenuItem:
    return AgendaMenuItem(_("Agenda"), reverse("actos:index"), name="agenda", icon_name="calendar", order=20)


@hooks.register("construct_homepage_panels")
def agenda_panel(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm("agenda.view_act"):
        panels.append(TodayPanel(timezone.now()))
