"""Hangs the archive of versions on the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from pregon.website.permissions import SEE_VERSIONS
from pregon.website.views.versions import VersionsView, VersionView, version_page

VERSIONS = [
    path("", VersionsView.as_view(), name="index"),
    path("<int:pk>/", VersionView.as_view(), name="version"),
    path("<int:pk>/pagina/", version_page, name="page"),
]


@hooks.register("register_admin_urls")
def versions_urls() -> list[Any]:
    return [path("versiones/", include((VERSIONS, "versions")))]


class VersionsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEE_VERSIONS)


@hooks.register("register_admin_menu_item")
def versions_menu() -> MenuItem:
    return VersionsMenuItem(
        _("Versiones del sitio"), reverse("versions:index"), name="versiones", icon_name="history", order=65
    )
