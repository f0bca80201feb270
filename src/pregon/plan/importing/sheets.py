"""Turns a document into lines of cells, whatever it is: text, Word, a workbook, CSV. Told by content, never by name.

It trusts nothing that it opens. What cannot be read at all raises :class:`BrokenPlan` with a sentence to act on.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from pregon.plan.errors import BrokenPlan
from pregon.plan.importing.labels import familiar

MOST_BYTES = 10 * 1024 * 1024
MOST_LINES = 5_000
MOST_COLUMNS = 60
MOST_CELLS = 40_000
LONGEST_CELL = 20_000
#: What an archive may become when unpacked: the parts that are read at once, and how many there may be.
UNPACKED, PART, PARTS = 64 * 1024 * 1024, 24 * 1024 * 1024, 2_000
#: Elements that a part may have: each costs a hundred bytes, and a document of the office has some thousands.
MOST_ELEMENTS = 500_000
#: The merged cells of a sheet, and how much of it is looked through at once.
MERGED, MERGED_PIECE = re.compile(rb'<(?:\w+:)?mergeCell\s+ref=["\']([A-Z]+\d+:[A-Z]+\d+)'), 1024 * 1024
#: How deep a table may stand inside another.
DEEPEST = 12

#: «=SUM(C3:N3)», «=10+5»: how a cell was to be worked out, where its book was never saved with what that came to.
FORMULA = re.compile(r"=[-+({]*['\"$A-Z\d]")
UNSAID = frozenset({"pPr", "rPr", "del", "moveFrom", "txbxContent"})
BULLET = "•"
OLE, ZIP, PDF = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"%PDF"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: A heading is numbered too, and no point of a list.
OUTLINE = f"{WORD}pPr/{WORD}outlineLvl"
#: The same words in a file that Word was told to save as «strict».
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
SEPARATORS = "\t;,|"
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, RecursionError, RuntimeError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError, OSError, NotImplementedError),
)


#: Where a merged cell stands that covers others: the column in which it begins, and what it says.
Covering = Mapping[int, tuple[int, str]]


class Row(list[str]):
    """The cells of a row, and which of them another covers that was merged across columns or rows."""

    def __init__(self, cells: Iterable[str], covered: Covering) -> None:
        super().__init__(cells)
        self.covered = covered


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a document, its cells in their columns."""

    number: int
    cells: tuple[str, ...]
    #: The line as it is shown to a person.
    text: str
    covered: Covering = field(default_factory=dict)
    #: The same with its empty cells, where somebody may want to count its columns.
    columns: str = ""
    #: Whether a cell has a formula that nobody worked out: it is shown, and its cell is empty.
    unsolved: bool = False

    def across(self, spots: Container[int]) -> dict[int, str]:
        """What a merged cell says in those ``spots`` that it covers, where it begins in one of them too."""
        return {
            spot: text
            for spot, (start, text) in self.covered.items()
            if text and spot in spots and start in spots and not any(self.cells[spot : spot + 1])
        }

    def from_above(self, spot: int) -> bool:
        """Whether the cell that covers ``spot`` begins in a row before this one."""
        return spot in self.covered and not any(self.cells[(start := self.covered[spot][0]) : start + 1])

    @property
    def said(self) -> list[str]:
        """What its cells hold, without the empty ones."""
        return [cell for cell in self.cells if cell]

    @property
    def blank(self) -> bool:
        return not any(self.cells)


class Overfull(Exception):
    """An archive that would fill the memory once it is open."""


Rows = Iterator[Sequence[str]]


def lines_of(content: bytes, *, name: str) -> tuple[Line, ...]:
    """The document in ``content``, line by line. Raises :class:`BrokenPlan` for what is no document."""
    if len(content) > MOST_BYTES:
        sentence = _("«%(name)s» pesa más de %(most)s MB: quítale las fotos y súbelo otra vez.")
        raise BrokenPlan(sentence % {"name": name, "most": MOST_BYTES // 1024**2})
    if content.startswith(OLE):
        raise BrokenPlan(
            _(
                "«%(name)s» es de un Office antiguo o lleva contraseña: quítasela, guárdalo como .docx o .xlsx y "
                "súbelo otra vez."
            )
            % {"name": name}
        )
    if content.startswith(PDF):
        raise BrokenPlan(
            _("«%(name)s» es un PDF: sube el documento de Word o de Excel del que salió, o su texto.")
            % {"name": name}
        )
    rows = archive_rows(content, name) if content.startswith(ZIP) else text_rows(content, name)
    found: list[Line] = []
    cells = 0
    for row in rows:
        if len(found) >= MOST_LINES:
            sentence = _("«%(name)s» tiene más de %(most)s líneas: sube solo el plan.")
            raise BrokenPlan(sentence % {"name": name, "most": f"{MOST_LINES:,}"})
        found.append(line_of(len(found) + 1, row, covered=row.covered if isinstance(row, Row) else {}))
        cells += len(found[-1].said)
        if cells > MOST_CELLS:
            sentence = _("«%(name)s» tiene más de %(most)s celdas escritas: sube solo el plan.")
            raise BrokenPlan(sentence % {"name": name, "most": f"{MOST_CELLS:,}"})
    while found and not found[-1].text:
        found.pop()
    if all(line.blank for line in found):
        raise BrokenPlan(_("«%(name)s» está vacío: sube el documento del plan.") % {"name": name})
    return tuple(found)


def line_of(number: int, row: Sequence[str], *, covered: Covering | None = None) -> Line:
    cells = [clean(cell) for cell in row]
    if len(cells) > MOST_COLUMNS:
        cells = [*cells[: MOST_COLUMNS - 1], " ".join(filter(None, cells[MOST_COLUMNS - 1 :]))]
    text = " | ".join(cell.replace("\n", " / ") for cell in cells if cell)
    kept = {
        spot: (start, "" if FORMULA.match(words) else clean(words))
        for spot, (start, words) in (covered or {}).items()
    }
    solved = tuple("" if FORMULA.match(cell) else cell for cell in cells)
    return Line(
        number=number,
        cells=solved,
        text=text,
        columns=columns_of(cells, kept) or text,
        covered=kept,
        unsolved=solved != tuple(cells),
    )


def columns_of(cells: Sequence[str], covered: Covering) -> str:
    """A row as it is counted: «·» for an empty cell, «″» for one that goes on from the row above, and beside a wide one
    how many columns it takes. Nothing for what is no row."""
    alone = sum(map(bool, cells)) == 1
    if len(cells) < 2 or (alone and (cells[0] or len(cells) == 2)):
        return ""
    wide = Counter(start for spot, (start, _words) in covered.items() if start != spot)
    cells = [*cells, *[""] * (max(covered, default=0) + 1 - len(cells))]
    shown: list[str] = []
    for spot, cell in enumerate(cells):
        start, words = covered.get(spot, (spot, ""))
        if cell:
            said = cell.replace("\n", " / ")
            many = _("%(cell)s (%(count)s columnas)") % {"cell": said, "count": wide[spot] + 1}
            shown.append(many if wide[spot] else said)
        elif start == spot or not cells[start]:
            shown.append("″" if words else "·")
    while shown and shown[-1] == "·":
        shown.pop()
    return " | ".join(shown)


def clean(cell: str) -> str:
    """A cell without control characters, and with one space where there were several; its paragraphs stay apart."""
    whole = unicodedata.normalize("NFC", cell[:LONGEST_CELL])
    parts = (" ".join("".join(map(printed, part)).split()) for part in whole.splitlines())
    return "\n".join(part for part in parts if part)


def printed(letter: str) -> str:
    """A place where a word may break is nothing, and what moves the cursor is a space."""
    if letter.isprintable():
        return letter
    return "" if unicodedata.category(letter) == "Cf" else " "


# --- Text and CSV --------------------------------------------------------------------------------------------


def text_of(content: bytes, *, name: str) -> str:
    """The letters of a text, in whichever encoding offices here write. Raises :class:`BrokenPlan` for other things."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in content:
        encodings = ()
    else:
        encodings = ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BrokenPlan(
        _("«%(name)s» no es un documento que sepamos leer: súbelo como texto, Word, Excel, CSV o YAML.")
        % {"name": name}
    )


def text_rows(content: bytes, name: str) -> Rows:
    text = text_of(content, name=name)
    separator = separator_of(text)
    if separator == "\t":
        # Without quotes: in a text they are part of what it says.
        yield from (line.split("\t") for line in text.split("\n"))
        return
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as broken:
        raise BrokenPlan(
            _("«%(name)s» no se puede leer como CSV: revisa que sus comillas se cierren.") % {"name": name}
        ) from broken


def separator_of(text: str) -> str:
    """The separator under which most cells are words of a plan; a plain text is separated by tabs."""
    if "\t" in text and sense(text, "\t"):
        return "\t"  # nobody has a tab in a cell, and everybody has commas in a text
    return max(SEPARATORS, key=lambda separator: sense(text, separator))


def sense(text: str, separator: str) -> int:
    rows = (
        (line.split("\t") for line in text.split("\n"))
        if separator == "\t"
        else csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    )
    found = 0
    try:
        for row, _place in zip(rows, range(MOST_LINES), strict=False):
            found += familiar(row)
    except csv.Error:
        return -1
    return found


# --- Word and workbooks --------------------------------------------------------------------------------------


def archive_rows(content: bytes, name: str) -> Rows:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {part.filename: part.file_size for part in archive.infolist()}
            # The sizes that an archive states are kept to when it is read: one that lies about them breaks off there.
            check_sizes(parts)
            if parts.get("word/document.xml", PART + 1) <= PART:
                body = root_of(archive, "word/document.xml").find(f"{WORD}body")
                lists = list_styles(archive, parts)
                yield from [] if body is None else word_rows(body, lists, 0)
                return
            for part, size in parts.items():
                if part.startswith("xl/") and size > MOST_ELEMENTS:
                    check_elements(archive.read(part))
        if "xl/workbook.xml" in parts:
            yield from workbook_rows(content)
            return
    except Overfull as problem:
        raise BrokenPlan(
            _("«%(name)s» ocupa demasiado una vez abierto: copia el plan a un documento nuevo.")
            % {"name": name}
        ) from problem
    except BROKEN as broken:
        raise BrokenPlan(
            _("«%(name)s» está dañado: ábrelo, guárdalo de nuevo y súbelo otra vez.") % {"name": name}
        ) from broken
    raise BrokenPlan(
        _("«%(name)s» no es un documento que sepamos leer: súbelo como texto, Word, Excel, CSV o YAML.")
        % {"name": name}
    )


def root_of(archive: zipfile.ZipFile, part: str) -> Element:
    content = archive.read(part)
    check_elements(content)
    root: Element = fromstring(content.replace(STRICT, WORD.strip("{}").encode()))
    return root


def check_sizes(parts: Mapping[str, int]) -> None:
    read = sum(size for part, size in parts.items() if part.endswith((".xml", ".rels")))
    if len(parts) > PARTS or read > UNPACKED:
        raise Overfull


def check_elements(content: bytes) -> None:
    if content.count(b"<") > 2 * MOST_ELEMENTS:
        raise Overfull


def list_styles(archive: zipfile.ZipFile, parts: Mapping[str, int]) -> frozenset[str]:
    """The styles whose paragraphs are points of a list."""
    if parts.get("word/styles.xml", PART + 1) > PART:
        return frozenset()
    styles = root_of(archive, "word/styles.xml").iter(f"{WORD}style")
    return frozenset(
        style.get(f"{WORD}styleId", "")
        for style in styles
        if style.find(f"{WORD}pPr/{WORD}numPr") is not None and style.find(OUTLINE) is None
    )


def word_rows(parent: Element, lists: Container[str], depth: int) -> Rows:
    """Paragraphs and rows in the order of the document; a table inside a cell follows the row that holds it, and what
    stands in a drawn box the paragraph that it hangs from."""
    if depth > DEEPEST:
        raise ValueError("This stands too deep.")
    for child in parent:
        match child.tag.removeprefix(WORD):
            case "p":
                yield from ([line] for line in point(child, lists).split("\n"))
                for box in boxes_of(child):
                    yield from word_rows(box, lists, depth + 1)
            case "tbl":
                above: dict[int, tuple[int, str]] = {}
                for row in rows_of(child):
                    yield from table_row(row, lists, depth, above)
                yield [""]  # what stands below a table is not of it
            case (
                "sdt" | "sdtContent" | "ins" | "customXml"
            ):  # what forms and corrections wrap around the same things
                yield from word_rows(child, lists, depth + 1)


def rows_of(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == f"{WORD}tr":
            yield child
        elif child.tag in {f"{WORD}sdt", f"{WORD}sdtContent", f"{WORD}ins", f"{WORD}customXml"}:
            yield from rows_of(child)


def table_row(row: Element, lists: Container[str], depth: int, above: dict[int, tuple[int, str]]) -> Rows:
    """A row and what stands in it; ``above`` has the cells that were merged with those below them so far."""
    cells: list[str] = []
    covered: dict[int, tuple[int, str]] = {}
    inner: list[Element] = []
    for cell in cells_of(row):
        properties = cell.find(f"{WORD}tcPr")
        merged = properties.find(f"{WORD}vMerge") if properties is not None else None
        span = properties.find(f"{WORD}gridSpan") if properties is not None else None
        continues = merged is not None and merged.get(f"{WORD}val", "continue") == "continue"
        said = list(paragraphs_of(cell))
        # A point alone is no list: a mark of a month stays what it is.
        words = "\n".join(point(part, lists) if said[1:] else paragraph(part) for part in said)
        start = len(cells)
        cells.append("" if continues else words)
        width = int(span.get(f"{WORD}val", "1")) if span is not None else 1
        cells += [""] * (min(width, MOST_COLUMNS) - 1)
        for spot in range(start, min(len(cells), MOST_COLUMNS)):
            if not continues:
                above[spot] = (start, words)
            if (continues or spot > start) and spot in above:
                covered[spot] = above[spot]
            if merged is None:
                above.pop(spot, None)
        inner += [part for part in cell if part.tag == f"{WORD}tbl"]
    if any(cell.strip() for cell in cells) or not inner:
        yield Row(cells, covered)
    if inner and depth >= DEEPEST:
        raise ValueError("This stands too deep.")
    for table in inner:
        over: dict[int, tuple[int, str]] = {}
        for nested in rows_of(table):
            yield from table_row(nested, lists, depth + 1, over)


def cells_of(row: Element) -> Iterator[Element]:
    for child in row:
        if child.tag == f"{WORD}tc":
            yield child
        elif child.tag in {f"{WORD}sdt", f"{WORD}sdtContent", f"{WORD}customXml"}:
            yield from cells_of(child)


def paragraphs_of(cell: Element) -> Iterator[Element]:
    for child in cell:
        if child.tag == f"{WORD}p":
            yield child
        elif child.tag in {f"{WORD}sdt", f"{WORD}sdtContent", f"{WORD}ins", f"{WORD}customXml"}:
            yield from paragraphs_of(child)


def point(element: Element, lists: Container[str]) -> str:
    """What a paragraph says; one of a list keeps its bullet, which is no letter of it."""
    words = paragraph(element)
    style = element.find(f"{WORD}pPr/{WORD}pStyle")
    number = element.find(f"{WORD}pPr/{WORD}numPr/{WORD}numId")
    if number is not None:
        listed = number.get(f"{WORD}val") != "0"
    else:
        listed = style is not None and style.get(f"{WORD}val", "") in lists
    return f"{BULLET} {words}" if listed and words.strip() else words


def boxes_of(element: Element) -> Iterator[Element]:
    """The drawn boxes of a paragraph, each once: older programs have a copy of it."""
    for part in element:
        if part.tag == f"{WORD}txbxContent":
            yield part
        elif not part.tag.endswith("}Fallback"):
            yield from boxes_of(part)


def paragraph(element: Element) -> str:
    """What a paragraph says: not what a correction struck out or moved away, and not what stands in a drawn box."""
    found = []
    for part in element:
        match part.tag.removeprefix(WORD):
            case "t":
                found.append(part.text or "")
            case "tab":
                found.append(" ")
            case "br" | "cr":
                found.append("\n")
            case "sym":  # a sign of Wingdings: what people tick with
                found.append("✔")
            case tag if tag not in UNSAID and not tag.endswith("}Fallback"):
                found.append(paragraph(part))
    return "".join(found)


def workbook_rows(content: bytes) -> Rows:
    """Rows of every sheet, with the value that each formula had when the book was saved."""
    from openpyxl import load_workbook  # eight megabytes that no worker needs

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations that we do not read
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    with closing(book), closing(formulas):
        for sheet, written in zip(book.worksheets, formulas.worksheets, strict=True):
            for one in (sheet, written):
                one.reset_dimensions()  # what a sheet says of its size is often wrong
            areas = merged_areas(content, sheet)
            above: dict[int, tuple[int, int, str]] = {}
            blank = 0
            for number, (row, source) in enumerate(
                zip(
                    sheet.iter_rows(max_col=MOST_COLUMNS),
                    written.iter_rows(max_col=MOST_COLUMNS),
                    strict=False,
                ),
                start=1,
            ):
                cells = [
                    typed(cell.value if cell.value is not None else formula.value, cell)
                    for cell, formula in zip(row, source, strict=False)
                ]
                blank = 0 if any(cells) else blank + 1
                if blank > MOST_LINES:
                    break
                for first, last, end in areas.get(number, ()):
                    words = "".join(cells[first : first + 1])
                    above |= dict.fromkeys(range(first, last + 1), (end, first, words))
                above = {spot: area for spot, area in above.items() if area[0] >= number}
                while len(cells) > 1 and not cells[-1]:
                    cells.pop()
                yield Row(cells, {spot: (first, words) for spot, (_end, first, words) in above.items()})
            yield [""]  # a sheet ends what stands on it


def merged_areas(content: bytes, sheet: Any) -> dict[int, list[tuple[int, int, int]]]:
    """The merged cells of a sheet by the row in which they begin: first and last column, and last row. A book that is
    read row by row does not tell them, and one that is held whole would not fit: they stand in a few lines at the end
    of its part, which is taken piece by piece."""
    from openpyxl.utils.cell import range_boundaries

    found: dict[int, list[tuple[int, int, int]]] = {}
    count = 0
    path = sheet._worksheet_path  # noqa: SLF001 - the one place where openpyxl says which part a sheet is
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(path) as part:
        rest = b""
        while piece := part.read(MERGED_PIECE):
            piece = rest + piece
            end = piece.rfind(b"<")  # what was cut through waits for its other half
            rest, piece = piece[end:] if end >= 0 else b"", piece[:end] if end >= 0 else b""
            for area in MERGED.finditer(piece):
                left, top, right, bottom = range_boundaries(area[1].decode())
                if left <= MOST_COLUMNS:
                    found.setdefault(top, []).append((left - 1, min(right, MOST_COLUMNS) - 1, bottom))
                if (count := count + 1) > MOST_CELLS:
                    raise Overfull
    return found


def typed(value: Any, cell: Any) -> str:
    """A cell as its sheet shows it: 0.6 of a cell for percentages is «60%»."""
    from openpyxl.worksheet.formula import ArrayFormula

    match value:
        case None:
            return ""
        case bool():
            return "x" if value else ""
        case datetime() | date():
            return value.strftime("%Y-%m-%d")
        case ArrayFormula():
            return str(value.text)
        case int() | float() if "%" in str(getattr(cell, "number_format", "")):
            return f"{plain(Decimal(str(value)) * 100)}%"
        case int() | float():
            return plain(Decimal(str(value)))
        case _other:
            return str(value)


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}" if number.is_finite() else str(number)
