"""Addresses of the archive on the desk."""

from __future__ import annotations

from django.urls import path

from pregon.website.views.versions import VersionsView, VersionView, version_page

app_name = "versions"

urlpatterns = [
    path("", VersionsView.as_view(), name="index"),
    path("<int:pk>/", VersionView.as_view(), name="version"),
    path("<int:pk>/pagina/", version_page, name="page"),
]
