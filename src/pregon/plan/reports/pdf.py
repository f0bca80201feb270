"""A report as PDF/UA-1 and PDF/A-2a, set by Typst. Texts go in as data and fonts come with the library, so the same
report is the same file on every machine and nothing is asked of the network."""

from __future__ import annotations

import json
import logging
import re
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from pregon.plan.errors import NotDrawn
from pregon.plan.reports.blocks import (
    Bars,
    Block,
    Calendar,
    Cell,
    Curve,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
    is_named_by,
)

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).with_name("report.typ")
#: Latin letters and the punctuation of Spanish: every font of the library has them.
CERTAIN = re.compile(r"[\n\u0020-\u007e\u00a0-\u017f\u2010-\u2015\u2018-\u201e\u2022\u2026\u20ac]*")
#: A longer word is given places to break, or it would leave the page.
LONGEST_WORD = 22
#: In what goes across the page: an address and a digest are copied whole from there.
LONGEST_ACROSS = 60
#: So many letters at a time.
PIECE = 5
#: Centimetres: what is written on, upright and lying, and an average letter in a table.
WIDTH, WIDE, LETTER = 17.6, 23.9, 0.155
#: Twice as fine as a screen draws them.
PLOT_PPI = 192.0
#: A sheet with one letter, to ask whether any font has it.
PROBE = TEMPLATE.with_name("glyph.typ")


def pdf_of(document: Document) -> bytes:
    """Raises :class:`NotDrawn`."""
    with tempfile.TemporaryDirectory() as folder:
        # The seal is the one thing that Typst reads by its name.
        main = Path(folder) / "report.typ"
        main.write_bytes(TEMPLATE.read_bytes())
        if document.letterhead.seal:
            (Path(folder) / "seal.png").write_bytes(document.letterhead.seal)
        try:
            return _compiled(main, {"report": json.dumps(said(document), ensure_ascii=False)})
        except NotDrawn:
            logger.exception("A report could not be set")
            raise


def png_of(svg: str) -> bytes:
    """One of our own plots as a picture, for files that hold no drawings. Set by Typst as well, for whoever developed a
    photo in this process has forbidden drawings to the library of photos."""
    import typst  # a compiler: only a report needs it

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plot.svg").write_text(svg, encoding="utf-8")
        main = Path(folder) / "plot.typ"
        main.write_text('#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image("plot.svg")\n')
        made: bytes = typst.compile(main, format="png", ppi=PLOT_PPI)
        return made


def _compiled(source: Path, inputs: dict[str, str]) -> bytes:
    import typst  # a compiler: only a report needs it

    try:
        return typst.compile(
            source,
            root=source.parent,
            format="pdf",
            pdf_standards=["ua-1", "a-2a"],
            ignore_system_fonts=True,
            sys_inputs=inputs,
        )
    except typst.TypstError as problem:
        raise NotDrawn from problem


def said(document: Document) -> dict[str, Any]:
    """The document in the plain values that the template reads, with every text fit to be printed."""
    head = document.letterhead
    told = {
        "title": document.title,
        "subtitle": document.subtitle,
        "foot": document.foot,
        "page": _("Página {n} de {all}"),
        "day": [document.day.year, document.day.month, document.day.day],
        "landscape": document.landscape,
        "head": {**asdict(head), "seal": bool(head.seal)},
        "words": {
            "seal": _("Escudo de la oficina"),
            "bars": _("La raya de color es la meta; la punteada, la línea base."),
        },
        "blocks": _blocks(document.blocks, WIDE if document.landscape else WIDTH),
    }
    clean: dict[str, Any] = _printable(told)
    return clean


def _blocks(blocks: Iterable[Block], width: float) -> list[dict[str, Any]]:
    found, heading = [], ""
    for block in blocks:
        told = {"kind": block.kind, **asdict(block)}
        if isinstance(block, Heading):
            heading = block.text
        elif isinstance(block, Facts | Table | Calendar):
            told["named"] = not is_named_by(heading, block.title)
            heading = ""
        if isinstance(block, Table):
            whole = sum(column.width for column in block.columns)
            room = [int(width * column.width / whole / LETTER) - 1 for column in block.columns]
            told["rows"] = [
                [_cell(cell, letters) for letters, cell in zip(room, row, strict=True)] for row in block.rows
            ]
        elif isinstance(block, Facts):
            told["rows"] = [(name, _fit(said, LONGEST_ACROSS)) for name, said in block.rows]
        elif isinstance(block, Paragraph):
            told["text"] = _fit(block.text, LONGEST_ACROSS)
        elif isinstance(block, Bars):
            told["alt"] = "; ".join(f"{bar.name}: {bar.text}, {bar.target_text}" for bar in block.bars)
        elif isinstance(block, Curve):
            told["alt"] = f"{block.title}: " + ", ".join(
                f"{point.name} {point.text}" for point in block.points
            )
            told["strokes"] = block.strokes
        found.append(told)
    return found


class _Fit(str):
    """A text that is fit to be printed where it goes."""

    __slots__ = ()


def _fit(text: str, longest: int) -> _Fit:
    return _Fit(printable(text, longest=longest))


def _cell(cell: Cell, letters: int) -> dict[str, Any]:
    # A key breaks behind its hyphen, which Spanish would otherwise write again on the next line.
    text = cell.text if " " in cell.text else cell.text.replace("-", "-\u200b")
    return {"text": _fit(text, letters), "url": cell.url, "light": cell.light}


def _printable(value: Any) -> Any:
    if isinstance(value, _Fit):
        return value
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: part if name in ("url", "kind") else _printable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(part) for part in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return printable(str(value))


def printable(text: str, *, longest: int = LONGEST_WORD) -> str:
    """``text`` without what no font of ours can draw, and with places to break in words that are too long."""
    if not CERTAIN.fullmatch(text):
        text = "".join(_drawn(char) for char in unicodedata.normalize("NFC", text))
    return re.sub(rf"[^\s\u200b-]{{{longest + 1},}}", lambda word: "\u200b".join(_pieces(word[0])), text)


def _pieces(word: str) -> list[str]:
    return [word[place : place + PIECE] for place in range(0, len(word), PIECE)]


@cache
def _drawn(char: str) -> str:
    """``char`` itself, a blank for what only moves the cursor, nothing for a picture, «?» for a letter unknown here."""
    if CERTAIN.fullmatch(char):
        return char
    category = unicodedata.category(char)
    if char == "\u200b":
        return char
    if category[0] in "CZ":
        return " " if category in ("Cc", "Zs", "Zl", "Zp") else ""
    if _has_glyph(char):
        return char
    return "?" if category[0] in "LN" else ""


def _has_glyph(char: str) -> bool:
    try:
        _compiled(PROBE, {"x": char})
    except NotDrawn:
        return False
    return True
