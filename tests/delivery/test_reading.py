"""A list is read as an office has it, and what cannot be read says what to do."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from pregon.delivery import reading
from pregon.delivery.errors import BadRoster
from pregon.delivery.reading import Column, day_of, parts_of, plain, read_table
from pregon.delivery.tables import guarded

HEADED = "Correo electrónico;Nombre;Temas\n"


def workbook(*rows: list[Any], title: str = "Lista") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, **changed: bytes) -> bytes:
    """The workbook with some of its parts replaced, under names without their folders' signs."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            key = part.filename.rpartition("/")[2].partition(".")[0]
            new.writestr(part.filename, changed.get(key, old.read(part)))
    return file.getvalue()


def addresses(content: bytes) -> list[tuple[int, str]]:
    return [(line.number, line[Column.ADDRESS]) for line in read_table(content).lines]


def refused(content: bytes) -> str:
    with pytest.raises(BadRoster) as refusal:
        list(read_table(content).lines)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("content", "guessed"),
    [
        ("correo,nombre\na@b.example,María\n".encode(), False),
        ("correo,nombre\na@b.example,María\n".encode("utf-16"), False),
        (b"correo,nombre\na@b.example,Maria\n", False),
        ("correo,nombre\na@b.example,María\n".encode("mac_roman"), True),
        ("correo,nombre\na@b.example,María\n".encode("cp1252"), True),
        (workbook(["correo"], ["a@b.example"]), False),
    ],
)
def test_a_text_that_does_not_say_how_it_is_written_was_guessed(content: bytes, guessed: bool) -> None:
    assert read_table(content).guessed is guessed


# --- CSV ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_csv_of_any_make_is_read(separator: str, encoding: str, ending: str) -> None:
    text = ending.join(["Correo electrónico;Nombre;Temas", "a@x.mx;Peña;", ";;", "b@x.mx;Ñandú;Salud", ""])
    table = read_table(text.replace(";", separator).encode(encoding))
    assert [(line.number, line[Column.ADDRESS], line[Column.NAME]) for line in table.lines] == [
        (2, "a@x.mx", "Peña"),
        (4, "b@x.mx", "Ñandú"),
    ]


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        ("correo", {Column.ADDRESS}),
        ("E-MAIL,Name", {Column.ADDRESS, Column.NAME}),
        ("Dirección,Canal,Frecuencia", {Column.ADDRESS, Column.CHANNEL, Column.FREQUENCY}),
        (
            "email,localidades,Consentimiento,FECHA DE CONSENTIMIENTO",
            {Column.ADDRESS, Column.LOCALITIES, Column.CONSENT, Column.CONSENT_ON},
        ),
    ],
)
def test_columns_are_known_by_what_people_call_them(headings: str, columns: set[Column]) -> None:
    assert read_table(headings.encode()).columns == columns


def test_of_two_columns_the_one_with_the_surer_name_is_the_address() -> None:
    table = read_table("Teléfono,Domicilio,Correo\n33,Calle 1,a@x.mx\n".encode())
    assert (table.ignored, [line[Column.ADDRESS] for line in table.lines]) == (
        ("Teléfono", "Domicilio"),
        ["a@x.mx"],
    )


def test_a_title_above_the_headings_and_a_separator_told_are_passed_over() -> None:
    assert addresses(b"sep=;\nPadr\xf3n 2026\n\ncorreo;nombre\na@x.mx;A\n") == [(5, "a@x.mx")]


def test_a_cell_of_several_lines_counts_them_all() -> None:
    assert addresses(b'correo,nombre\na@x.mx,"Una\nvecina"\nb@x.mx,B\n') == [(2, "a@x.mx"), (4, "b@x.mx")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ninguna columna se llama «correo»"),
        (b"nombre\nVecina\n", "Ninguna columna se llama «correo»"),
        (b"a@x.mx,Vecina\n", "La línea 1 ya es una dirección"),
        (b"correo\n\0\0\n", "Esta lista no se puede leer"),
        (b"\x89PNG\r\n\x1a\n\0\0", "Esta lista no se puede leer"),
        (b'correo\n"' + b"a\n" * 100_000, "La línea 2 no se puede leer: revisa que sus comillas"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "libro de Excel antiguo o con contraseña"),
        (b"PK\x03\x04 nada", "Esta lista no se puede leer"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(content: bytes, sentence: str) -> None:
    assert sentence in refused(content)


def test_a_list_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 2)
    assert "más de 2 líneas: divídela" in refused(b"correo\na@x.mx\nb@x.mx\nc@x.mx\n")
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    assert "divídela en varias" in refused(b"correo\na@x.mx\n")


@given(st.binary(max_size=400))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    for given_ in (content, b"correo\n" + content):
        try:
            list(read_table(given_).lines)
        except BadRoster as refusal:
            assert str(refusal).endswith(".")


# --- Workbooks ----------------------------------------------------------------------------------------------


def test_a_workbook_is_read_with_its_own_numbers() -> None:
    content = workbook(
        ["Padrón", None],
        [],
        ["correo", "fecha de consentimiento", "nombre"],
        ["a@x.mx", datetime(2026, 5, 1), 7.0],  # noqa: DTZ001 - as a sheet holds it
        [None, None, None],
        ["b@x.mx", "01/05/2026", True],
    )
    lines = list(read_table(content).lines)
    assert [(line.number, line[Column.ADDRESS], line[Column.CONSENT_ON]) for line in lines] == [
        (4, "a@x.mx", "2026-05-01"),
        (6, "b@x.mx", "01/05/2026"),
    ]
    assert lines[0][Column.NAME] == "7"


def test_a_workbook_that_would_fill_the_memory_is_refused_before_it_is_opened() -> None:
    bomb = repacked(workbook(["correo"]), sheet1=b"<x>" + b"0" * (reading.UNPACKED + 1))
    assert len(bomb) < 1024**2
    assert "ocupa demasiado una vez abierto" in refused(bomb)


@pytest.mark.parametrize("part", ["styles", "workbook"])
def test_no_part_that_is_read_at_once_is_large(part: str) -> None:
    assert "ocupa demasiado" in refused(repacked(workbook(["correo"]), **{part: b"0" * (reading.PART + 1)}))


def test_entities_that_grow_are_refused() -> None:
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b"<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
    )
    assert "no se puede leer" in refused(repacked(workbook(["correo"]), sheet1=laughs))


def test_a_sheet_that_claims_rows_without_end_ends() -> None:
    far = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>correo</t></is></c></row>'
        b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert addresses(repacked(workbook(["correo"]), sheet1=far)) == []


@pytest.mark.parametrize("cut", [30, 400, -30])
def test_half_a_workbook_is_refused(cut: int) -> None:
    assert "no se puede leer" in refused(workbook(["correo"], ["a@x.mx"])[:cut])


def test_an_archive_of_something_else_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert "guárdala como CSV" in refused(file.getvalue())


# --- Cells --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *(
            (text, date(2026, 5, 1))
            for text in ("2026-05-01", "01/05/2026", "1-5-2026", "1.5.2026", "1/5/26")
        ),
        ("2026-05-01 10:30:00", date(2026, 5, 1)),
        ("2026-05-01T10:30", date(2026, 5, 1)),
        ("31/02/2026", None),
        ("mayo", None),
        ("", None),
    ],
)
def test_a_day_is_understood_as_people_write_it(text: str, day: date | None) -> None:
    assert day_of(text) == day


def test_a_cell_names_several_things() -> None:
    assert [*parts_of("Salud; Obra pública |Agua\nBacheo,")] == ["Salud", "Obra pública", "Agua", "Bacheo"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=50))
def test_what_an_export_guarded_an_import_reads_as_it_was(text: str) -> None:
    assert plain(guarded(text)) == text


def test_days_are_days_whatever_the_zone() -> None:
    assert reading.written(datetime(2026, 5, 1, 23, 59, tzinfo=UTC)) == "2026-05-01"
