"""The list of subscribers as a file that a spreadsheet opens, and that an import takes back.

Rows come a slice at a time. A cell never calculates: in CSV an apostrophe stands before the letters that would make
it, and in a workbook every cell is text by its type.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import IO

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

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
    words = Words(
        frequencies={one.value: str(one.label) for one in Frequency},
        standings={one.value: str(one.label) for one in Standing},
        zone=timezone.get_current_timezone(),
    )
    after = 0
    while step := list(subscribers.filter(pk__gt=after).order_by("pk")[:SLICE]):
        topics = followed(Subscriber.topics.through, "topic__name", step)
        localities = followed(Subscriber.localities.through, "locality__name", step)
        for one in step:
            yield words.row(one, topics=topics[one.pk], localities=localities[one.pk])
        after = step[-1].pk


def followed(table: type[Model], column: str, step: list[Subscriber]) -> defaultdict[int, list[str]]:
    """The names of what each follows, in one question."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    found = table._default_manager.filter(subscriber_id__in=[one.pk for one in step]).order_by(column)
    for subscriber, name in found.values_list("subscriber_id", column):
        names[subscriber].append(name)
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is the same for every row, looked up once."""

    frequencies: dict[str, str]
    standings: dict[str, str]
    zone: tzinfo

    def row(self, one: Subscriber, *, topics: list[str], localities: list[str]) -> list[str]:
        asked, confirmed, left = (
            self.day(moment) for moment in (one.asked_at, one.confirmed_at, one.left_at)
        )
        return [
            *(label_of(one.channel), one.address, one.name, "; ".join(topics), "; ".join(localities)),
            *(self.frequencies[one.frequency], self.standings[one.standing], asked, confirmed, left),
            *(one.consent, asked),
        ]

    def day(self, moment: datetime | None) -> str:
        return moment.astimezone(self.zone).date().isoformat() if moment else ""


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
    from openpyxl import Workbook  # eight megabytes that no worker needs
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Suscriptores"))

    def as_text(words: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", words)[:LONGEST_CELL])
        cell.data_type = "s"
        return cell

    sheet.append(headings())
    for cells in rows(subscribers):
        sheet.append([as_text(cell) for cell in cells])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads it, and closing it is the end of it
    book.save(file)
    file.seek(0)
    return file
