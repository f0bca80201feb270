"""The list of subscribers as a file that a spreadsheet opens, and that an import takes back.

Rows come a slice at a time. A cell never calculates: in CSV an apostrophe stands before the letters that would make
it, and in a workbook every cell is text by its type.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from typing import IO

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from pregon.delivery.enums import Frequency, Standing
from pregon.delivery.models import Subscriber
from pregon.delivery.registry import label_of

SLICE = 1_000
#: Letters that make a spreadsheet calculate, guarded already or not.
CALCULATING = re.compile(r"'*[=+\-@\t\r]")
LONGEST_CELL = 32_767
BOM = "\ufeff"


def exported() -> QuerySet[Subscriber]:
    """The people of the list; the office's own channels and those whose address is erased are none."""
    return Subscriber.objects.filter(broadcast=False, erased_at__isnull=True)


def headings() -> list[str]:
    return [
        *(_("canal"), _("dirección"), _("nombre"), _("temas"), _("localidades"), _("frecuencia")),
        *(_("situación"), _("lo pidió"), _("lo confirmó"), _("se dio de baja")),
        *(_("consentimiento"), _("fecha de consentimiento")),
    ]


def rows(subscribers: QuerySet[Subscriber]) -> Iterator[list[str]]:
    """A row for each, in the order of their ids, so that a long download holds no cursor open."""
    after = 0
    while step := list(
        subscribers.filter(pk__gt=after).order_by("pk").prefetch_related("topics", "localities")[:SLICE]
    ):
        yield from map(row, step)
        after = step[-1].pk


def row(subscriber: Subscriber) -> list[str]:
    moments = (subscriber.asked_at, subscriber.confirmed_at, subscriber.left_at)
    days = [timezone.localtime(moment).date().isoformat() if moment else "" for moment in moments]
    return [
        label_of(subscriber.channel),
        subscriber.address,
        subscriber.name,
        "; ".join(topic.name for topic in subscriber.topics.all()),
        "; ".join(locality.name for locality in subscriber.localities.all()),
        str(Frequency(subscriber.frequency).label),
        str(Standing(subscriber.standing).label),
        *days,
        subscriber.consent,
        days[0],
    ]


def csv_lines(subscribers: QuerySet[Subscriber]) -> Iterator[str]:
    """The list as CSV, with the mark by which Excel knows UTF-8."""
    yield BOM
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow(headings())
    for number, cells in enumerate(rows(subscribers), start=1):
        writer.writerow([guarded(cell) for cell in cells])
        if number % SLICE == 0:
            yield taken(page)
    yield taken(page)


def taken(page: io.StringIO) -> str:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text


def guarded(cell: str) -> str:
    return f"'{cell}" if CALCULATING.match(cell) else cell


def workbook(subscribers: QuerySet[Subscriber]) -> IO[bytes]:
    """The list as a workbook, written to disk row by row; the caller closes the file, and it is gone."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Suscriptores"))
    sheet.append(headings())
    for cells in rows(subscribers):
        sheet.append([as_text(sheet, cell) for cell in cells])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads it, and closing it is the end of it
    book.save(file)
    file.seek(0)
    return file


def as_text(sheet: object, words: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", words)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell
