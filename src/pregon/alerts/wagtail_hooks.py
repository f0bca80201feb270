"""Hangs alerts on the desk: their list, their menu entry with what waits for a second person, their panel on Hoy."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from pregon.alerts.panels import AlertPanel
from pregon.alerts.permissions import MAY_SEE
from pregon.alerts.queries import waiting
from pregon.alerts.viewsets import alert_viewset, template_viewset


@hooks.register("register_admin_viewset")
def alert_viewsets() -> list[Any]:
    return [template_viewset, alert_viewset]


@hooks.register("register_admin_urls")
def alert_urls() -> list[Any]:
    return [path("alertas/", include("pregon.alerts.urls"))]


class AlertMenuItem(MenuItem):
    """Shows how many wait for their second person."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_SEE)

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        count = waiting().count()
        component.attrs = {"data-desk-badge": str(count)} if count else {}
        return component


@hooks.register("register_admin_menu_item")
def alert_menu() -> MenuItem:
    return AlertMenuItem(
        _("Alertas"), reverse("alertas:index"), name="alertas", icon_name="warning", order=35
    )


@hooks.register("insert_global_admin_js")
def alerts_waiting() -> str:
    return format_html(
        '<script src="{}" data-url="{}" defer></script>',
        static("alerts/waiting.js"),
        reverse("alerts_desk:waiting"),
    )


@hooks.register("construct_homepage_panels")
def alert_panel(request: HttpRequest, panels: list[Any]) -> None:
    panel = AlertPanel(timezone.now())
    if request.user.has_perm(MAY_SEE) and panel.is_needed:
        panels.append(panel)
