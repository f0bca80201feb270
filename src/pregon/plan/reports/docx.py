"""A report as a document that people go on writing in: styles, repeated heads of tables, links and pictures with their
alternative."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from pregon.plan.enums import Light, Mark
from pregon.plan.reports.blocks import (
    Bars,
    Block,
    Calendar,
    Cell,
    Column,
    Curve,
    Document,
    Facts,
    Heading,
    Paragraph,
    Signatures,
    Table,
    is_named_by,
)
from pregon.plan.reports.pdf import png_of
from pregon.plan.reports.plots import TONES, bar_svg, curve_svg

#: What XML cannot carry.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MARKS = {Mark.DONE: "✔", Mark.EXTRA: "+", Mark.LATE: "✗", Mark.NONE: ""}
SIGNS = {Light.GREEN: "●", Light.YELLOW: "▲", Light.RED: "■", Light.GREY: "○"}
SHADES = {Mark.DONE: "DCEBE1", Mark.EXTRA: "DCEBE1", Mark.LATE: "FBF1DA"}
#: Twips on a letter sheet between its margins, upright and lying.
WIDTH, WIDE = 9972, 13572
#: Half points, for a table of many columns and for what is copied whole: a digest, an address.
SMALL = 15
LONGEST_WORD = 40
#: What Word counts by itself.
FIELDS = {"{n}": "PAGE", "{all}": "NUMPAGES"}
SOFT = "5B625D"


def docx_of(document: Document) -> bytes:
    writer = _Writer(document)
    for block in document.blocks:
        writer.draw(block)
    return writer.saved()


def told(mark: Mark, count: str) -> str:
    """A mark of a calendar as text: a circle stands for all that was only planned."""
    return f"{MARKS.get(mark, '○')} {count}".strip()


def fit(text: str) -> str:
    return FORBIDDEN.sub("", text)


class _Writer:
    """Holds the file while it grows. Tables are filled cell by cell in the XML: asking the library for each cell takes
    a minute for a year of records."""

    def __init__(self, document: Document) -> None:
        import docx  # the library and its lxml: only a report needs them
        from docx.enum.section import WD_ORIENT
        from docx.shared import Cm, Pt, RGBColor

        self.document = document
        #: What stands right above, until something is named below it.
        self.heading = ""
        self.brand = document.letterhead.brand.lstrip("#").upper()
        self.width = WIDE if document.landscape else WIDTH
        self.file = docx.Document()
        self.Pt, self.Cm = Pt, Cm
        section = self.file.sections[0]
        wide, high = Cm(21.59), Cm(27.94)
        section.page_width, section.page_height = (high, wide) if document.landscape else (wide, high)
        if document.landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
        colour = RGBColor.from_string(self.brand)
        for name, size in (("Title", 22), ("Heading 1", 15), ("Heading 2", 12)):
            style = self.file.styles[name]
            style.font.size, style.font.color.rgb, style.font.bold = Pt(size), colour, True
            style.element.rPr.rFonts.attrib.clear()  # the theme's own font would win
            style.font.name = "Georgia"
        caption = self.file.styles["Caption"].font
        caption.size, caption.color.rgb = Pt(9), RGBColor.from_string(SOFT)
        normal = self.file.styles["Normal"]
        normal.font.size, normal.font.name = Pt(10), "Calibri"
        normal.paragraph_format.space_after = Pt(4)
        self._speak_spanish(normal)
        self.file.core_properties.title = fit(f"{document.title} · {document.subtitle}")
        self.file.core_properties.author = fit(document.letterhead.office)
        self.file.core_properties.language = "es-MX"
        self._head()
        self._foot(section.footer.paragraphs[0])

    def saved(self) -> bytes:
        held = io.BytesIO()
        self.file.save(held)
        return held.getvalue()

    def draw(self, block: Block) -> None:
        match block:
            case Heading():
                heading = self.file.add_heading(fit(block.text), level=block.level)
                heading.paragraph_format.page_break_before = block.fresh
                self.heading = block.text
            case Paragraph():
                run = self.file.add_paragraph().add_run(fit(block.text))
                if block.small:
                    run.font.size = self.Pt(8.5)
            case Facts():
                self._caption(block.title)
                rows = [(Cell(text=name), Cell(text=said)) for name, said in block.rows]
                columns = (Column(title=_("Dato"), width=1.3), Column(title=_("Lo que dice"), width=3))
                self._table(columns, rows, first_bold=True)
            case Table(rows=()):
                self.file.add_paragraph(fit(block.empty))
            case Table():
                self._caption(block.title)
                self._table(block.columns, block.rows)
            case Calendar():
                self._calendar(block)
            case Bars():
                self._bars(block)
            case Curve():
                self._curve(block)
            case Signatures():
                self._signatures(block)

    def _head(self) -> None:
        letterhead = self.document.letterhead
        if letterhead.seal:
            self._picture(self.file.add_paragraph(), letterhead.seal, self.Cm(2), _("Escudo de la oficina"))
        office = " · ".join(part for part in (letterhead.town, letterhead.office) if part)
        self.file.add_paragraph(fit(office))
        self.file.add_paragraph(fit(self.document.title), style="Title")
        self.file.add_paragraph().add_run(fit(self.document.subtitle)).bold = True

    def _foot(self, paragraph: Any) -> None:
        """Where the figures come from, and which page of how many: fields, which count again when pages are added."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.text.run import Run

        paragraph.add_run(f"{fit(self.document.foot)} · ").font.size = self.Pt(8)
        for part in re.split(r"(\{\w+\})", _("Página {n} de {all}")):
            if part not in FIELDS:
                paragraph.add_run(part).font.size = self.Pt(8)
                continue
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), FIELDS[part])
            run = OxmlElement("w:r")
            field.append(run)
            paragraph._p.append(field)  # noqa: SLF001 - the library has no other way
            shown = Run(run, paragraph)
            shown.text, shown.font.size = "1", self.Pt(8)

    def _caption(self, text: str) -> None:
        heading, self.heading = self.heading, ""
        if is_named_by(heading, text):
            return
        paragraph = self.file.add_paragraph(fit(text), style="Caption")
        paragraph.paragraph_format.keep_with_next = True

    def _calendar(self, block: Calendar) -> None:
        self._caption(block.title)
        rows = [
            (
                Cell(text=row.number),
                Cell(text=row.name),
                *(Cell(text=told(tick.mark, tick.count)) for tick in row.ticks),
            )
            for row in block.rows
        ]
        shades = [("", "", *(SHADES.get(tick.mark, "") for tick in row.ticks)) for row in block.rows]
        months = (Column(title=month) for month in block.months)
        columns = (Column(title="N°", width=1.2), Column(title=block.head, width=5.5), *months)
        self._table(columns, rows, shades=shades)

    def _bars(self, block: Bars) -> None:
        self._caption(block.title)
        rows = [
            (Cell(text=bar.name), Cell(), Cell(text=f"{bar.text}, {bar.target_text}")) for bar in block.bars
        ]
        columns = (
            Column(title=_("Indicador"), width=2),
            Column(title=_("Avance"), width=3),
            Column(title=_("Cifra y meta"), width=2),
        )
        table = self._table(columns, rows)
        from docx.text.paragraph import Paragraph as Written

        for bar, row in zip(block.bars, table.tr_lst[1:], strict=True):
            cell = row.tc_lst[1]
            picture = png_of(bar_svg(bar, gold=self.document.letterhead.gold))
            self._picture(
                Written(cell.p_lst[0], self.file),
                picture,
                self.Cm(6.6),
                f"{bar.text}, {bar.target_text}",
            )

    def _curve(self, block: Curve) -> None:
        self._caption(block.title)
        picture = png_of(curve_svg(block, gold=self.document.letterhead.gold))
        wide = self.Cm(23.5 if self.document.landscape else 17.4)
        said = ", ".join(f"{point.name} {point.text}" for point in block.points)
        self._picture(self.file.add_paragraph(), picture, wide, f"{block.title}: {said}")
        self._table(
            tuple(Column(title=point.short) for point in block.points),
            [tuple(Cell(text=point.text) for point in block.points)],
        )

    def _signatures(self, block: Signatures) -> None:
        """A row to sign in: what was done above, the line and the office below."""
        from docx.oxml import OxmlElement

        self._caption(block.title)
        table = self.file.add_table(rows=3, cols=len(block.rows))
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - no other way
        for place, (did, office) in enumerate(block.rows):
            above, space, below = (row.cells[place].paragraphs[0] for row in table.rows)
            above.add_run(fit(did)).bold = True
            space.paragraph_format.space_before = self.Pt(34)
            space.add_run("_" * 26)
            below.add_run(fit(office)).font.size = self.Pt(9)
            for paragraph in (above, space, below):
                paragraph.paragraph_format.keep_with_next = True
        self.file.add_paragraph()

    def _picture(self, paragraph: Any, png: bytes, width: Any, alternative: str) -> None:
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=width)
        shape._inline.docPr.set("descr", fit(alternative))  # noqa: SLF001 - the library has no other way

    def _speak_spanish(self, style: Any) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "es-MX")
        style.element.get_or_add_rPr().append(language)

    def _table(
        self,
        columns: tuple[Column, ...],
        rows: Iterable[tuple[Cell, ...]],
        *,
        shades: list[tuple[str, ...]] | None = None,
        first_bold: bool = False,
    ) -> Any:
        """A table whose head is repeated on each page. ``shades`` are the grounds of its cells."""

        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        whole = sum(column.width for column in columns)
        sizes = [round(self.width * column.width / whole) for column in columns]
        small = SMALL if len(columns) > 7 else 18

        def cell(place: int, said: Cell, shade: str, *, bold: bool, colour: str) -> str:
            look = "<w:b/>" if bold else ""
            if colour:
                look += f'<w:color w:val="{colour}"/>'
            words = f'<w:t xml:space="preserve">{escape(fit(said.text))}</w:t>'
            size = SMALL if len(said.text) > LONGEST_WORD and " " not in said.text else small
            inside = f'<w:rPr>{look}<w:sz w:val="{size}"/></w:rPr>{words}'
            run = f"<w:r>{inside}</w:r>"
            if said.url:
                link = self.file.part.relate_to(
                    said.url,
                    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
                    is_external=True,
                )
                run = f'<w:hyperlink r:id="{link}">{run}</w:hyperlink>'
            ground = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
            side = '<w:jc w:val="right"/>' if columns[place].figures else ""
            return (
                f'<w:tc><w:tcPr><w:tcW w:w="{sizes[place]}" w:type="dxa"/>{ground}</w:tcPr>'
                f'<w:p><w:pPr><w:spacing w:after="20"/>{side}</w:pPr>{run}</w:p></w:tc>'
            )

        def line(cells: Iterable[str], *, header: bool = False) -> str:
            what = "<w:cantSplit/>" + ("<w:tblHeader/>" if header else "")
            return f"<w:tr><w:trPr>{what}</w:trPr>{''.join(cells)}</w:tr>"

        drawn = [
            line(
                (
                    cell(place, Cell(text=column.title), self.brand, bold=True, colour="FFFFFF")
                    for place, column in enumerate(columns)
                ),
                header=True,
            )
        ]
        for number, row in enumerate(rows):
            grounds = shades[number] if shades else ("",) * len(row)
            drawn.append(
                line(
                    cell(
                        place,
                        Cell(text=f"{SIGNS[one.light]} {one.text}", url=one.url) if one.light else one,
                        grounds[place],
                        bold=bool(one.light) or (first_bold and place == 0),
                        colour=TONES[one.light].lstrip("#") if one.light else self.brand if one.url else "",
                    )
                    for place, one in enumerate(row)
                )
            )
        edges = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="D6D9D2"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        grid = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
        table = parse_xml(
            f'<w:tbl {nsdecls("w", "r")}><w:tblPr><w:tblW w:w="{self.width}" w:type="dxa"/>'
            f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:firstRow="1" w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
            f"{''.join(drawn)}</w:tbl>"
        )
        self.file.element.body.sectPr.addprevious(table)
        self.file.add_paragraph().paragraph_format.space_after = self.Pt(2)
        return table
