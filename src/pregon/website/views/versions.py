"""The archive on the desk: how the site looked at a moment, page by page, for whoever answers for the record.

A version is shown in a frame that runs nothing and sends nothing, says on its face that it is not the page of today,
and is no public address: what was withdrawn stays so.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.website import actions as website
from pregon.website.forms import MomentForm
from pregon.website.models import PageVersion
from pregon.website.permissions import SEE_VERSIONS

LISTED = 200
#: Nothing runs, nothing is sent, nothing comes from elsewhere, and only the desk may frame it.
STILL = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)
HASHED = re.compile(r"/static/([^\"'\s]+?)\.[0-9a-f]{12}(\.\w+)")
BODY = re.compile(r"<body[^>]*>")


class DeskPage(LoginRequiredMixin, PermissionRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    """For whoever answers for the record."""

    permission_required = SEE_VERSIONS
    raise_exception = True
    header_icon = "history"
    page_title = _("Versiones")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class VersionsView(DeskPage):
    """Asks for an address and a moment; lists the versions of one page, or the latest of all."""

    template_name = "website/desk/versions.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = MomentForm(request.GET or None)
        self.path = ""
        if self.form.is_bound and self.form.is_valid():
            self.path = path_of(self.form.cleaned_data["pagina"])
            moment: datetime | None = self.form.moment
            if moment and (version := PageVersion.objects.at(self.path, moment)):
                return redirect("versions:version", pk=version.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = PageVersion.objects.order_by("-since", "-pk")
        if self.path:
            versions = versions.filter(path=self.path)
        return super().get_context_data(
            form=self.form,
            path=self.path,
            asked=self.form.moment if self.form.is_bound and self.form.is_valid() else None,
            versions=versions[:LISTED],
            **kwargs,
        )


class VersionView(DeskPage):
    """One version, framed, with the moments between which it stood."""

    template_name = "website/desk/version.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = get_object_or_404(PageVersion, pk=self.kwargs["pk"])
        of_page = PageVersion.objects.filter(path=version.path)
        return super().get_context_data(
            version=version,
            earlier=of_page.filter(since__lt=version.since).order_by("-since", "-pk").first(),
            later=of_page.filter(since__gt=version.since).order_by("since", "pk").first(),
            **kwargs,
        )


@require_safe
@permission_required(SEE_VERSIONS, raise_exception=True)
def version_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page itself."""
    version = get_object_or_404(PageVersion, pk=pk)
    body = website.read_version(version)
    if body is None:
        raise Http404
    answer = HttpResponse(as_it_looked(body.decode(errors="replace"), version))
    answer["Content-Security-Policy"] = STILL
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def as_it_looked(page: str, version: PageVersion) -> str:
    """``page`` with the styles that still exist, and on its face that it is a version."""
    note = render_to_string("website/desk/version_note.html", {"version": version})
    dressed = HASHED.sub(style_of_today, page)
    found = BODY.search(dressed)
    at = found.end() if found else 0
    return dressed[:at] + note + dressed[at:]


def style_of_today(found: re.Match[str]) -> str:
    """The static file that was named, or what stands in its place since."""
    if staticfiles_storage.exists(found[0].removeprefix("/static/")):
        return found[0]
    try:
        return staticfiles_storage.url(f"{found[1]}{found[2]}")
    except ValueError:  # there is none any more
        return found[0]


def path_of(written: str) -> str:
    """The address of this site in what a person wrote or pasted. A page ends in a slash, which is easily left out."""
    written = written.strip()
    try:
        path = unquote(urlsplit(written).path)
    except ValueError:  # it only looks like an address
        path = written
    path = path.replace("\x00", "")  # no database keeps one
    path = path if path.startswith("/") else f"/{path}"
    return path if path.endswith("/") or "." in PurePosixPath(path).name else f"{path}/"
