"""*Alcance* on the desk: how far one bulletin came, and how the whole site was read, drawn and as a table."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.analytics import queries as analytics
from pregon.newsroom.outreach import last_days, overview, page_of, reach_of, table_of
from pregon.newsroom.views.bulletins import BulletinPage

#: Whoever may see what goes out may see how far it came.
SEE = "delivery.view_dispatch"


class OutreachView(BulletinPage):
    """One bulletin: views of its page by hour or day and by source, and what each channel handed over."""

    template_name = "newsroom/desk/outreach.html"
    page_title = gettext_lazy("Alcance")
    header_icon = "view"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        trail = super().get_breadcrumbs_items()
        trail[-1] |= {"url": self.to_sheet().url}
        return [*trail, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reach=reach_of(self.bulletin, at=timezone.now()), **kwargs)


class OutreachTableView(BulletinPage):
    """The same figures as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:  # type: ignore[override]  # it streams
        views = analytics.views_of(page_of(self.bulletin))
        return as_file(table_of(views), f"alcance-{self.bulletin.folio.replace('/', '-')}.csv")


class OverviewView(LoginRequiredMixin, PermissionRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    """The whole site in the last thirty days."""

    raise_exception = True
    permission_required = SEE
    template_name = "newsroom/desk/overview.html"
    page_title = gettext_lazy("Alcance")
    header_icon = "view"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = overview(at=timezone.now())
        return super().get_context_data(overview=found, reach=found.reach, **kwargs)


class OverviewTableView(PermissionRequiredMixin, View):
    """Every count of those days as a file."""

    raise_exception = True
    permission_required = SEE

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        first, last = last_days(timezone.now())
        views = analytics.views_between(first, last)
        return as_file(table_of(views), f"alcance-{last.isoformat()}.csv")


class Echo:
    """What a row is written to, to be given on."""

    def write(self, line: str) -> str:
        return line


def as_file(rows: Iterable[list[str]], name: str) -> StreamingHttpResponse:
    """With the mark that tells a spreadsheet that these are letters of Unicode."""
    table = csv.writer(Echo())
    lines = ("\ufeff" * (number == 0) + table.writerow(row) for number, row in enumerate(rows))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
