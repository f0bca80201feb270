"""The files in which a report is taken along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from pregon.accounts.models import Office
from pregon.plan.models import Plan
from pregon.plan.reports.blocks import Document
from pregon.plan.reports.docx import docx_of
from pregon.plan.reports.layouts import OFFICE, Layout, composed
from pregon.plan.reports.letterhead import Letterhead
from pregon.plan.reports.pdf import pdf_of
from pregon.plan.reports.progress import Span, report_of
from pregon.plan.reports.xlsx import xlsx_of

if TYPE_CHECKING:  # a type that exists only in the stubs
    from django_stubs_ext import StrPromise

OPEN_XML = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file. Its ``key`` is the ending of its name."""

    key: str
    title: str | StrPromise
    media_type: str
    write: Callable[[Document], bytes]


FORMATS = {
    kind.key: kind
    for kind in (
        Format(key="pdf", title=_("PDF, para imprimir y firmar"), media_type="application/pdf", write=pdf_of),
        Format(
            key="docx",
            title=_("Word, para seguir escribiendo"),
            media_type=f"{OPEN_XML}.wordprocessingml.document",
            write=docx_of,
        ),
        Format(
            key="xlsx",
            title=_("Excel, para hacer cuentas"),
            media_type=f"{OPEN_XML}.spreadsheetml.sheet",
            write=xlsx_of,
        ),
    )
}


def report_file(plan: Plan, span: Span, layout: Layout, kind: Format, *, at: datetime) -> bytes:
    """The report of ``plan`` as a file. Raises :class:`NotDrawn`."""
    return kind.write(composed(report_of(plan, span, at=at), layout, Letterhead.of(Office.load())))


def file_name(plan: Plan, span: Span, layout: Layout, kind: Format) -> str:
    """What tells two files of one plan apart. Its address says the year already."""
    quarter = f"t{span.quarter}" if span.quarter else ""
    own_way = "" if layout is OFFICE else layout.key
    return "-".join(part for part in ("informe", plan.slug, quarter, own_way) if part) + f".{kind.key}"
