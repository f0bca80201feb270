"""What a folder may say, and what the person is told when it says something else."""

from __future__ import annotations

import os
import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.newsroom import folder
from pregon.newsroom.errors import BadFolder
from pregon.newsroom.folders import PhotoNote, read_folder, read_moment, read_text

ZONE = ZoneInfo("America/Mexico_City")


def complaint(path: Path) -> str:
    with pytest.raises(BadFolder) as told:
        read_folder(path, zone=ZONE)
    return str(told.value)


def test_a_whole_folder_is_read_as_it_is(tmp_path: Path) -> None:
    taken = read_folder(
        folder(
            tmp_path / "acto", more="fin: 12:30\nembargo: 2026-11-21 08:00\nlocalidades: La Loma\n", photos=1
        ),
        zone=ZONE,
    )
    assert taken.title == "Reabre el andador Juárez"
    assert taken.start == datetime(2026, 11, 20, 10, 0, tzinfo=ZONE)
    assert taken.end == datetime(2026, 11, 20, 12, 30, tzinfo=ZONE)
    assert taken.embargo == datetime(2026, 11, 21, 8, 0, tzinfo=ZONE)
    assert taken.localities == ("La Loma",)
    assert taken.lead == "El andador quedó abierto este viernes."
    assert taken.body == (("paragraph", "<p>Las cuadrillas terminaron.</p>"),)
    assert taken.photos == (PhotoNote(path=tmp_path / "acto" / "foto-1.jpg", caption="El andador, toma 1."),)


def test_the_same_content_in_another_folder_has_the_same_digest(tmp_path: Path) -> None:
    one, other = folder(tmp_path / "uno", photos=1), folder(tmp_path / "otro", photos=1)
    assert read_folder(one, zone=ZONE).digest == read_folder(other, zone=ZONE).digest


def test_one_changed_letter_changes_the_digest(tmp_path: Path) -> None:
    one, other = folder(tmp_path / "uno"), folder(tmp_path / "otro", text="Las cuadrillas acabaron.")
    assert read_folder(one, zone=ZONE).digest != read_folder(other, zone=ZONE).digest


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        (
            "Sin datos",
            "acto.md debe empezar con una línea «---» y debajo titulo, fecha, lugar y dependencia.",
        ),
        (
            "---\ntitulo: X\n",
            "Los datos de acto.md no terminan: cierra con otra línea «---» antes del texto.",
        ),
        (
            "---\ntitulo: X\nfecha: 2026-11-20\n---\nHola",
            "A acto.md le falta lugar y dependencia: escríbelo arriba, entre las líneas «---».",
        ),
        (
            "---\ntitulo: [a\n---\nHola",
            (
                "Los datos de acto.md no se entienden, línea 2: cada uno va en su línea como «nombre: valor», "
                "y entre comillas si lleva dos puntos."
            ),
        ),
        (
            "---\ntitulo: X\nfecha: 2026-02-30 10:00\nlugar: L\ndependencia: D\n---\nHola",
            "En acto.md, «fecha: 2026-02-30 10:00» no es una fecha que exista: escríbela como 2026-11-20 10:00.",
        ),
        (
            "---\ntitulo: X\nfecha: 2026-02-20\nlugar: L\ndependencia: D\ntitular: N\n---\nHola",
            (
                "acto.md tiene un dato que no se conoce: «titular». Los que hay son: titulo, fecha, lugar, "
                "dependencia, fin, tipo, temas, localidades, subtitulo, embargo, canales, contacto, "
                "lectura_facil, fotos."
            ),
        ),
        (
            "---\ntitulo: X\nfecha: 2026-02-20 10:00\nfin: 9:00\nlugar: L\ndependencia: D\n---\nHola",
            "En acto.md, «fin» es anterior a «fecha»: revisa las horas.",
        ),
        (
            "---\ntitulo: X\nfecha: 2026-02-20\nlugar: L\ndependencia: D\n---\n",
            "A acto.md le falta el texto: debajo de los datos escribe al menos un párrafo.",
        ),
        (
            "---\ntitulo: X\nfecha: 2026-02-20\nlugar: L\ndependencia: D\nfotos:\n  - archivo: no.jpg\n---\nHola",
            "acto.md nombra la foto «no.jpg», que no está en la carpeta: cópiala ahí o corrige el nombre.",
        ),
        (
            "---\ntitulo: X\nfecha: 0001-01-01\nlugar: L\ndependencia: D\n---\nHola",
            "En acto.md, «fecha: 0001-01-01» no es una fecha que exista: escríbela como 2026-11-20 10:00.",
        ),
        (
            "---\ntitulo: X\nfecha: 2026-02-20\nembargo: 9999-12-31\nlugar: L\ndependencia: D\n---\nHola",
            "En acto.md, «embargo: 9999-12-31» no es una fecha que exista: escríbela como 2026-11-20 10:00.",
        ),
        (
            "---\ntitulo: &t X\nfecha: 2026-02-20\nlugar: *t\ndependencia: D\n---\nHola",
            (
                "Los datos de acto.md no se entienden, línea 4: cada uno va en su línea como «nombre: valor», "
                "y entre comillas si lleva dos puntos."
            ),
        ),
        (
            f"---\ntitulo: {'[' * 3000}\n---\nHola",
            (
                "Los datos de acto.md no se entienden: cada uno va en su línea como «nombre: valor», "
                "y entre comillas si lleva dos puntos."
            ),
        ),
        (
            "---\ntitulo: X\nfecha: 2026-02-20\nlugar: L\ndependencia: D\n---\nHola\n\n![](no.jpg)",
            "El texto pone la foto «no.jpg», que no está en la carpeta: cópiala ahí o quítala.",
        ),
    ],
)
def test_a_broken_sheet_is_answered_with_one_sentence(tmp_path: Path, sheet: str, sentence: str) -> None:
    (tmp_path / "acto.md").write_text(sheet, encoding="utf-8")
    assert complaint(tmp_path) == sentence


def test_an_empty_folder_says_what_to_put_in_it(tmp_path: Path) -> None:
    empty = tmp_path / "vacía"
    empty.mkdir()
    assert complaint(empty) == "La carpeta «vacía» está vacía: pon en ella acto.md y las fotos."


def test_a_folder_without_sheet_says_so(tmp_path: Path) -> None:
    (tmp_path / "notas.txt").write_text("hola")
    assert (
        complaint(tmp_path)
        == f"A la carpeta «{tmp_path.name}» le falta acto.md: ahí van los datos y el texto del acto."
    )


def test_a_file_in_another_encoding_says_so(tmp_path: Path) -> None:
    (tmp_path / "acto.md").write_bytes("---\ntitulo: Reunión".encode("latin-1"))
    assert complaint(tmp_path) == "acto.md no está en UTF-8: guárdalo de nuevo con esa codificación."


def test_a_few_lines_that_refer_to_each_other_do_not_unfold_into_gigabytes(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for one, other in pairwise("abcdefghijklmnop"):
        lines.append(f"{other}: &{other} [{', '.join([f'*{one}'] * 9)}]")
    (tmp_path / "acto.md").write_text("\n".join(["---", *lines, "titulo: *p", "---", "Hola"]))
    assert complaint(tmp_path).startswith("Los datos de acto.md no se entienden, línea 3:")


def test_what_no_text_holds_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "acto.md").write_text(
        '---\ntitulo: "Rea\\0bre \\ud800\\e[31mel andador"\nfecha: 2026-11-20\nlugar: "L\\x08"\n'
        "dependencia: D\n---\nEl and\0ador\x1b[2J quedó."
    )
    taken = read_folder(tmp_path, zone=ZONE)
    assert (taken.title, taken.place, taken.lead) == ("Rea bre [31mel andador", "L", "El andador[2J quedó.")


def test_a_photo_is_found_by_its_name_however_its_accents_are_kept(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto", more="fotos:\n  - archivo: camión ñu 1.jpg\n    pie: El camión.\n")
    (path / "acto.md").write_text(
        (path / "acto.md").read_text(encoding="utf-8") + "\n\n![](<camión ñu 1.jpg>)\n", encoding="utf-8"
    )
    on_a_mac = path / unicodedata.normalize("NFD", "camión ñu 1.jpg")
    on_a_mac.write_bytes(b"")
    taken = read_folder(path, zone=ZONE)
    assert taken.photos == (PhotoNote(path=on_a_mac, caption="El camión."),)
    assert taken.body[-1] == ("photo", on_a_mac.name)


def test_pictures_that_are_no_photos_are_not_passed_over_in_silence(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto")
    for name in ("cartel.svg", "notas.txt", "vuelta.GIF"):
        (path / name).write_bytes(b"")
    assert [note.path.name for note in read_folder(path, zone=ZONE).photos] == ["cartel.svg", "vuelta.GIF"]


def test_a_folder_whose_name_is_no_text_is_asked_for_another_name(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"acto\xff")
    path.mkdir()
    assert complaint(path) == (
        "La ruta de la carpeta «acto» es demasiado larga o tiene letras que no se entienden: "
        "ponle un nombre corto y sencillo."
    )


@pytest.mark.parametrize("text", ["http://[hola", "//[", "Mira [esto](http://[hola)", "<http://[x>"])
def test_what_only_looks_like_an_address_is_plain_text(text: str) -> None:
    _lead, body = read_text(f"Entrada.\n\n{text}", known=set())
    assert [kind for kind, _value in body] == ["paragraph"]


def test_markdown_becomes_blocks() -> None:
    lead, body = read_text(
        "Entrada.\n\n## Qué sigue\n\nUn [enlace](https://ejemplo.mx) y *algo*.\n\n"
        "> Dicho.\n> — Titular, Obras Públicas\n\n"
        "- uno\n- dos\n\n1. primero\n\n```datos\n320 m: de andador\n18: luminarias\n```\n\n"
        "https://www.youtube.com/watch?v=abc\n\n![](a.jpg)",
        known={"a.jpg"},
    )
    assert lead == "Entrada."
    assert body == (
        ("heading", "Qué sigue"),
        ("paragraph", '<p>Un <a href="https://ejemplo.mx">enlace</a> y <i>algo</i>.</p>'),
        ("quote", {"text": "Dicho.", "person": "Titular", "office": "Obras Públicas"}),
        ("items", {"items": ["uno", "dos"], "numbered": False}),
        ("items", {"items": ["primero"], "numbered": True}),
        (
            "figures",
            {"items": [{"value": "320 m", "label": "de andador"}, {"value": "18", "label": "luminarias"}]},
        ),
        ("video", {"url": "https://www.youtube.com/watch?v=abc", "title": "Video"}),
        ("photo", "a.jpg"),
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[clic](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "[x](data:text/html,<script>alert(1)</script>)",
        "`<script>`",
    ],
)
def test_hostile_text_never_becomes_markup(hostile: str) -> None:
    _, body = read_text(f"Entrada.\n\n{hostile}", known=set())
    html = "".join(str(value) for _, value in body).lower()
    assert [sign for sign in ("<script", "<img", 'href="javascript', 'href="data') if sign in html] == []


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        lead, _ = read_text(text, known=set())
    except BadFolder as problem:
        assert str(problem).endswith(".")
    else:
        assert lead == lead.strip()


# --- Hours that a clock leaves out or strikes twice ---------------------------------------------------------

ZONES = st.sampled_from(["America/Tijuana", "America/Mexico_City", "America/Hermosillo"]).map(ZoneInfo)
HOURS = st.datetimes(datetime.fromisoformat("1996-01-01"), datetime.fromisoformat("2100-01-01")).map(
    lambda hour: hour.replace(microsecond=0)
)
TWICE = [  # the hour before each is struck twice; the one after it in spring is left out
    (
        ZoneInfo("America/Tijuana"),
        datetime.fromisoformat("2026-11-01 01:30"),
        datetime.fromisoformat("2026-03-08 02:30"),
    ),
    (
        ZoneInfo("America/Mexico_City"),
        datetime.fromisoformat("2022-10-30 01:30"),
        datetime.fromisoformat("2022-04-03 02:30"),
    ),
]


@given(HOURS, ZONES)
def test_an_hour_is_the_one_that_the_clock_of_the_office_shows(hour: datetime, zone: ZoneInfo) -> None:
    """One that it leaves out is an hour later; nothing is ever out before its clock shows the hour."""
    moment = read_moment("embargo", f"{hour:%Y-%m-%d %H:%M:%S}", zone=zone)
    shown = moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    assert shown - hour in {timedelta(), timedelta(hours=1)}


@pytest.mark.parametrize(("zone", "twice", "never"), TWICE)
def test_an_hour_that_is_struck_twice_is_the_first_and_one_left_out_the_next(
    zone: ZoneInfo, twice: datetime, never: datetime
) -> None:
    first = read_moment("embargo", f"{twice:%Y-%m-%d %H:%M}", zone=zone).astimezone(UTC)
    assert (first + timedelta(hours=1)).astimezone(zone).replace(tzinfo=None) == twice
    late = read_moment("embargo", f"{never:%Y-%m-%d %H:%M}", zone=zone).astimezone(UTC)
    assert late.astimezone(zone).replace(tzinfo=None) == never + timedelta(hours=1)


def test_mexico_city_has_no_summer_any_more_and_tijuana_has() -> None:
    """Whoever packs an old table of zones would publish an hour early half the year."""
    july = datetime.fromisoformat("2026-07-01 12:00")
    offsets = [
        read_moment("embargo", f"{july:%Y-%m-%d %H:%M}", zone=ZoneInfo(name)).utcoffset()
        for name in ("America/Mexico_City", "America/Tijuana")
    ]
    assert offsets == [timedelta(hours=-6), timedelta(hours=-7)]
