"""Hangs the archive of versions on the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from pregon.website.permissions import SEE_VERSIONS


@hooks.register("register_admin_urls")
def versions_urls() -> list[Any]:
    return [path("versiones/", include("pregon.website.desk_urls"))]


class VersionsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEE_VERSIONS)


@hooks.register("register_reports_menu_item")
def versions_menu() -> MenuItem:
    return VersionsMenuItem(
        _("Versiones del sitio"), reverse("versions:index"), name="versiones", icon_name="history", order=900
    )
