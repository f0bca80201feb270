"""Hangs the delivery desk on Wagtail: Envíos with its channels and subscribers, and what is going out on Hoy."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.log_actions import LogActionRegistry

from pregon.delivery.panels import AlertsPanel, GoingOutPanel
from pregon.delivery.views import WRITE_AGAIN
from pregon.delivery.viewsets import SubscriberViewSet, subscriber_viewset


@hooks.register("register_admin_viewset")
def delivery_viewset() -> SubscriberViewSet:
    return subscriber_viewset


@hooks.register("register_admin_urls")
def delivery_urls() -> list[Any]:
    return [path("", include("pregon.delivery.urls"))]


class PermittedMenuItem(MenuItem):
    """Shown to those who may look."""

    def __init__(self, label: Any, url: str, *, permission: str, **kwargs: Any) -> None:
        super().__init__(label, url, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


@hooks.register("register_admin_menu_item")
def delivery_menu() -> MenuItem:
    items = [
        (_("Lo que sale"), "envios:index", "delivery.view_dispatch", "mail"),
        (_("Suscriptores"), "suscriptores:index", "delivery.view_subscriber", "group"),
        (_("Canales"), "canales:index", "delivery.view_channelaccount", "sliders"),
    ]
    menu = Menu(
        items=[
            PermittedMenuItem(label, reverse(name), permission=needed, icon_name=icon, order=order)
            for order, (label, name, needed, icon) in enumerate(items)
        ]
    )
    return SubmenuMenuItem(_("Envíos"), menu, name="envios", icon_name="mail", order=50)


@hooks.register("register_log_actions")
def delivery_acts(actions: LogActionRegistry) -> None:
    actions.register_action(WRITE_AGAIN, _("Volver a escribir"), _("Se le vuelve a escribir a quien rebotó"))


@hooks.register("construct_homepage_panels")
def delivery_panel(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm("delivery.view_dispatch"):
        panels.append(GoingOutPanel(timezone.now()))
    if request.user.has_perm("delivery.view_channelaccount"):
        alerts = AlertsPanel(timezone.now())
        if alerts.needed:
            panels.append(alerts)
