"""Whatever is counted and however, a message fits; nothing is cut inside a word, and the foot stands whole."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.delivery import message
from pregon.channels.fitting import (
    PLAIN,
    STARRED,
    Marks,
    as_html,
    as_read,
    fit,
    fitted,
    heading_of,
    line_of,
    slanted,
    starred,
    text_of,
    units,
)
from pregon.core.text import shorten
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block, Message

FOOT = "Leer en el sitio: https://muestra.example/boletines/2026-001/"
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400)
WORDS = st.lists(st.sampled_from(["el", "andador", "📣", "https://muestra.example/a", "¡ya!"])).map(" ".join)


def octets(text: str) -> int:
    return len(text.encode())


def short_links(text: str) -> int:
    return len(re.sub(r"https?://\S+", "x" * 23, text))


MEASURES = st.sampled_from([units, len, octets, short_links])


def saying(text: str, **fields: str) -> Message:
    return message(blocks=(Block(kind="paragraph", text=text),), dateline="", **fields)


# --- One text -----------------------------------------------------------------------------------------------


@given(TEXT, st.integers(0, 500), MEASURES)
def test_a_text_never_exceeds_its_room(text: str, limit: int, measure: Callable[[str], int]) -> None:
    assert measure(fit(text, limit, measure)) <= limit


@given(WORDS, st.integers(0, 80))
def test_a_text_takes_all_the_room_it_is_given(text: str, limit: int) -> None:
    assert fit(text, 2 * limit, lambda part: 2 * len(part)) == shorten(text, limit)


@pytest.mark.parametrize(("text", "length"), [("agua", 4), ("año", 3), ("📣", 2), ("", 0)])
def test_most_emoji_count_as_two(text: str, length: int) -> None:
    assert units(text) == length


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("📣 Hay agua", 11, "📣 Hay agua"),
        ("😀" * 4, 8, "😀" * 4),
        ("📣 📣 📣", 6, "📣 📣…"),
        ("una dos tres", 8, "una dos…"),
    ],
)
def test_a_letter_outside_the_first_plane_is_not_split(text: str, limit: int, kept: str) -> None:
    assert fit(text, limit) == kept


def test_marks_and_what_stands_around_take_room_too() -> None:
    assert fit("una dos tres", 12, before="> ", mark=starred, after=".") == "una…"


# --- A message ----------------------------------------------------------------------------------------------


@given(TEXT, TEXT, TEXT, st.integers(100, 600), MEASURES, st.sampled_from([PLAIN, STARRED]))
def test_any_message_fits_and_keeps_its_foot(
    headline: str, dek: str, text: str, limit: int, measure: Callable[[str], int], marks: Marks
) -> None:
    said = fitted(saying(text, headline=headline, dek=dek), FOOT, limit=limit, measure=measure, marks=marks)
    assert (measure(said) <= limit, said.endswith(FOOT)) == (True, True)


def test_what_fits_is_whole_and_the_weightiest_comes_first() -> None:
    said = fitted(
        saying("Abrió.", headline="Título", dek="Tres\nmeses", notice="Eran dos."), "Fin", limit=100
    )
    assert said == "Título\n\nEran dos.\n\nTres meses\n\nAbrió.\n\nFin"


def test_the_text_gives_way_at_the_end_of_a_word() -> None:
    said = fitted(saying("palabra " * 20, headline="Titular", dek=""), "Fin", limit=60)
    assert said == f"Titular\n\n{' '.join(['palabra'] * 5)}…\n\nFin"


def test_what_had_to_give_way_is_the_last() -> None:
    said = fitted(saying("No llega.", headline="Titular", dek="palabra " * 20), limit=60)
    assert said == f"Titular\n\n{' '.join(['palabra'] * 6)}…"


def test_a_beginning_without_room_for_a_sentence_is_left_out() -> None:
    assert fitted(saying("palabra " * 20, headline="Titular", dek=""), limit=40) == "Titular"


def test_a_headline_without_end_leaves_room_for_the_text_and_the_foot() -> None:
    said = fitted(saying("Abrió.", headline="palabra " * 100, dek=""), FOOT, limit=1024)
    assert (len(said.split("\n\n")[0]) <= 300, said.endswith(f"Abrió.\n\n{FOOT}")) == (True, True)


@pytest.mark.parametrize("limit", range(120, 180))
def test_marks_count_and_are_closed(limit: int) -> None:
    marks = Marks(heading=starred, dek=starred, text=starred)
    said = fitted(saying("El andador quedó abierto. " * 20), FOOT, limit=limit, marks=marks)
    assert (units(said) <= limit, said.count("*") % 2) == (True, 0)


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("Ya abre", "_Ya abre_"),
        (
            "Ver https://muestra.example/plan_de_obra/ hoy",
            "_Ver_ https://muestra.example/plan_de_obra/ _hoy_",
        ),
        ("(muestra.example/plan_de_obra/)", "(muestra.example/plan_de_obra/)"),
        ("Escribe a @obra_publica hoy", "_Escribe a_ @obra_publica _hoy_"),
        ("_Ya_ abre", "_Ya_ _abre_"),
    ],
)
def test_marks_stand_around_words_and_a_link_is_left_as_it_is(words: str, marked: str) -> None:
    assert (slanted(words), starred(words.replace("_", "*"))) == (marked, marked.replace("_", "*"))


def test_whatsapp_marks_what_is_one_line() -> None:
    said = fitted(saying("", headline="Ya\nabre", dek="Tres\nmeses"), "Fin", limit=1024, marks=STARRED)
    assert said == "*Ya abre*\n\n_Tres meses_\n\nFin"


def test_a_part_of_which_nothing_would_stay_is_left_out() -> None:
    link = f"https://muestra.example/{'obra_' * 80}"
    assert fitted(saying("Abrió.", headline="Titular", dek=link), "Fin", limit=300) == "Titular\n\nFin"


# --- What a message says ------------------------------------------------------------------------------------


def test_only_a_correction_says_so_in_its_headline() -> None:
    said = [heading_of(message(kind, headline=" Hay\nagua ")) for kind in MessageKind]
    assert said == ["Hay agua", "Corrección: Hay agua", "Hay agua", "Hay agua", "Hay agua"]


def test_every_block_has_its_line() -> None:
    assert [line_of(block) for block in message().blocks] == [
        "El andador quedó abierto este viernes al paso peatonal.",
        "320 m de empedrado",
        "18 luminarias",
        "«La calle es de quien la camina» — Dirección de Obras Públicas",
        "• Jardineras en diciembre",
    ]
    assert line_of(Block(kind="quote", text="Agua")) == "«Agua»"


def test_the_dateline_opens_the_text_where_there_is_one() -> None:
    opened = message(blocks=(Block(kind="paragraph", text="Abrió."), Block(kind="item", text="Hoy")))
    assert text_of(opened, gap="\n") == "Villa de Muestra, Jalisco. Abrió.\n• Hoy"
    assert text_of(message(blocks=())) == ""


def test_a_preview_shows_words_as_words() -> None:
    assert as_html("<b>\nagua") == "&lt;b&gt;<br>agua"


def test_marks_are_shown_as_a_phone_shows_them_and_nothing_else_is_markup() -> None:
    assert as_read("*Ya abre*\n_hoy_ 2*3*4 a_b_c <b>") == (
        "<b>Ya abre</b><br><i>hoy</i> 2*3*4 a_b_c &lt;b&gt;"
    )
    link = "https://muestra.example/_plan_/*obra*/?a=1&b=2"
    assert as_read(f"*Ver* {link} _hoy_") == f"<b>Ver</b> {link.replace('&', '&amp;')} <i>hoy</i>"
