"""Reads a list of subscribers as an office has it: CSV of any make, or a workbook, line by line and trusting nothing.

Kept apart from the actions because it needs no database. What makes the whole file unreadable raises
:class:`BadRoster` with a sentence that tells what to do; what is wrong with one line is for the caller to say.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

from pregon.core.text import fold
from pregon.delivery.errors import BadRoster

MOST_BYTES = 20 * 1024 * 1024
MOST_LINES = 100_000
#: A sheet has no more rows than this, and after so many empty ones nothing follows but their format.
MOST_ROWS, BLANKS = 1_048_576, 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 4_000
#: What a workbook may become when unpacked: as a whole, its shared words, any other part that is read at once.
UNPACKED, WORDS, PART, PARTS = 160 * 1024 * 1024, 48 * 1024 * 1024, 16 * 1024 * 1024, 1_000
#: Rows above the headings: a title, an empty line.
PREFACE = 10

OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
CHUNK = 64 * 1024
#: A letter that makes a spreadsheet calculate, and the apostrophe that our exports put before it.
GUARDED = re.compile(r"'(?='*[=+\-@\t\r])")
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError, OSError, NotImplementedError),
)


class Column(StrEnum):
    """What a column holds."""

    ADDRESS = "address"
    NAME = "name"
    TOPICS = "topics"
    LOCALITIES = "localities"
    CHANNEL = "channel"
    FREQUENCY = "frequency"
    CONSENT = "consent"
    CONSENT_ON = "consent_on"


#: How people head it, the surest first, as :func:`heading` leaves it.
NAMES: dict[Column, tuple[str, ...]] = {
    Column.ADDRESS: (
        *("correo", "correo electronico", "email", "e mail", "email address", "direccion de correo"),
        *("direccion", "address", "mail", "telefono", "celular", "phone", "whatsapp"),
    ),
    Column.NAME: ("nombre", "nombre completo", "name", "full name"),
    Column.TOPICS: ("temas", "tema", "topics", "topic", "intereses"),
    Column.LOCALITIES: ("localidades", "localidad", "localities", "locality", "colonia"),
    Column.CHANNEL: ("canal", "channel"),
    Column.FREQUENCY: ("frecuencia", "frequency"),
    Column.CONSENT: ("consentimiento", "consent", "origen del consentimiento", "consent source", "origen"),
    Column.CONSENT_ON: (
        *("fecha de consentimiento", "fecha del consentimiento", "fecha consentimiento"),
        *("consent date", "date of consent"),
    ),
}
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the list, by the number that its own program shows beside it."""

    number: int
    cells: dict[Column, str]

    def __getitem__(self, column: Column) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines under the headings, to be gone through once, and the headings nobody understood."""

    columns: frozenset[Column]
    ignored: tuple[str, ...]
    lines: Iterator[Line]
    #: No sign in the file says how its letters are written: another guess may have been right.
    guessed: bool = False


Rows = Iterator[tuple[int, Sequence[str]]]


def read_table(content: bytes) -> Table:
    """The list in ``content``, whatever it is called. Raises :class:`BadRoster`, also while its lines are read."""
    if len(content) > MOST_BYTES:
        raise BadRoster(
            _("La lista pesa más de %(most)s MB: divídela en varias.") % {"most": MOST_BYTES // 1024**2}
        )
    if content.startswith(OLE):
        raise BadRoster(
            _(
                "Es un libro de Excel antiguo o con contraseña: quítasela, guárdalo como .xlsx y súbelo otra vez."
            )
        )
    encoding = "" if content.startswith(ZIP) else encoding_of(content)
    rows = csv_rows(content, encoding) if encoding else workbook_rows(content)
    for number, cells in islice(rows, PREFACE):
        places = understood(cells)
        if Column.ADDRESS in places:
            known = set(places.values())
            ignored = tuple(cell for place, cell in enumerate(cells) if cell and place not in known)
            return Table(
                columns=frozenset(places),
                ignored=ignored,
                lines=lines_of(rows, places),
                guessed=encoding in GUESSES,
            )
        if any("@" in cell for cell in cells):
            raise BadRoster(
                _(
                    "La línea %(number)s ya es una dirección: ponle arriba los nombres de las columnas, como «correo»."
                )
                % {"number": number}
            )
    raise BadRoster(
        _("Ninguna columna se llama «correo» (o «email», «dirección»): ponle ese nombre y súbela otra vez.")
    )


def understood(cells: Sequence[str]) -> dict[Column, int]:
    """Where each column stands; of two that could be the same one, that with the surer name."""
    headings = [heading(cell) for cell in cells]
    found = {
        column: next((headings.index(name) for name in names if name in headings), -1)
        for column, names in NAMES.items()
    }
    return {column: place for column, place in found.items() if place >= 0}


def heading(cell: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(cell)))


def lines_of(rows: Rows, places: dict[Column, int]) -> Iterator[Line]:
    """The lines that hold anything, up to the most we take."""
    count = 0
    for number, cells in rows:
        if not any(cells):
            continue
        count += 1
        if count > MOST_LINES:
            raise BadRoster(
                _("La lista tiene más de %(most)s líneas: divídela en varias.") % {"most": f"{MOST_LINES:,}"}
            )
        held = {column: cells[place] for column, place in places.items() if place < len(cells)}
        yield Line(number=number, cells=held)


def day_of(text: str) -> date | None:
    """The day that ``text`` names, as people write it here; ``None`` when it names none."""
    word = re.split(r"[T ]", text.strip(), maxsplit=1)[0]
    for form in DAYS:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007 - a day has no hour
        except ValueError:
            continue
    return None


def plain(text: str) -> str:
    """A cell without what only its program needs."""
    words = GUARDED.sub("", text.replace("\0", "").strip(), count=1) if text.startswith("'") else text.strip()
    return words[:LONGEST_CELL]


# --- CSV ----------------------------------------------------------------------------------------------------


def csv_rows(content: bytes, encoding: str) -> Rows:
    """Rows of a text with separators, each with the number of its first line."""
    with io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="") as text:
        first = text.readline(CHUNK)
        told = re.fullmatch(r"sep=(.)\r?\n?", first)
        start = 1 if told else 0
        separator = told[1] if told else separator_of(first)
        text.seek(0)
        reader = csv.reader(text, delimiter=separator)
        before = 0
        try:
            for row in reader:
                number, before = before + 1, reader.line_num
                if number > start:
                    yield number, [plain(cell) for cell in row[:MOST_COLUMNS]]
        except csv.Error as broken:
            raise BadRoster(
                _(
                    "La línea %(number)s no se puede leer: revisa que sus comillas se cierren y súbela otra vez."
                )
                % {"number": before + 1}
            ) from broken


#: What Excel writes here; every byte means something in the last, whatever wrote it.
GUESSES = ("cp1252", "latin-1")


def encoding_of(content: bytes) -> str:
    """UTF-8 when every byte of it is, else what Excel writes here. Raises :class:`BadRoster` for what is no text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and decodes(content, "utf-16"):
        return "utf-16"
    if b"\0" in content:
        raise BadRoster
    return next(name for name in ("utf-8-sig", *GUESSES) if decodes(content, name))


def decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), CHUNK):
            decoder.decode(content[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def separator_of(first: str) -> str:
    """The separator under which the headings make most sense."""

    def sense(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=separator), [])
        return len(understood(cells)), len(cells)

    return max(",;\t|", key=sense)


# --- Workbooks ----------------------------------------------------------------------------------------------


def workbook_rows(content: bytes) -> Rows:
    """Rows of the first sheet, read as they come; nothing is unpacked that would not fit."""
    from openpyxl import load_workbook  # eight megabytes that no worker needs

    inspect(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validations that we do not read
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        with closing(book):
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a sheet says of its size is often wrong
            blank = 0
            for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
                cells = [plain(written(value)) for value in row]
                blank = 0 if any(cells) else blank + 1
                if number > MOST_ROWS or blank > BLANKS:
                    return
                yield number, cells
    except BROKEN as broken:
        raise BadRoster from broken


def inspect(content: bytes) -> None:
    """Refuse what is no workbook, and what would become a thousand times larger once unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except BROKEN as broken:
        raise BadRoster from broken
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise BadRoster
    # The sizes an archive states are kept to when it is read: one that lies about them breaks off there.
    heavy = sum(part.file_size for part in parts) > UNPACKED or len(parts) > PARTS
    if heavy or any(part.file_size > most(part.filename) for part in parts):
        raise BadRoster(
            _(
                "El libro ocupa demasiado una vez abierto: copia solo la lista a un libro nuevo y súbelo, o usa CSV."
            )
        )


def most(name: str) -> int:
    if name.startswith("xl/worksheets/"):
        return UNPACKED
    return WORDS if name == "xl/sharedStrings.xml" or name.startswith("xl/media/") else PART


def written(value: Any) -> str:
    """A cell's value as somebody would have typed it."""
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _other:
            return str(value)


def parts_of(cell: str) -> Iterable[str]:
    """The several things that one cell names."""
    return [part.strip() for part in re.split(r"[;,|\n]", cell) if part.strip()]
