"""Words for searching, for addresses and for narrow places."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.core.text import fold, nearest, reading_minutes, sentence, shorten, slug, stem_variants, stems


def test_folding_drops_case_accents_and_the_tilde_of_enye() -> None:
    assert fold("INAUGURACIÓN del Año, Pingüino") == "inauguracion del ano, pinguino"


def test_folding_takes_composed_and_decomposed_letters_for_the_same() -> None:
    assert fold("camio\u0301n") == fold("cami\u00f3n") == "camion"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "word", ["inauguración", "inauguraciones", "inauguró", "INAUGURACIÓN", "inauguracio\u0301n"]
)
def test_the_forms_of_a_word_meet_in_one_stem(word: str) -> None:
    assert stems(word) == "inaugur"


@pytest.mark.parametrize("typed", ["inauguracion", "inauguro", "INAUGURACION"])
def test_a_word_typed_without_accents_meets_the_written_one(typed: str) -> None:
    assert "inaugur" in stem_variants(typed)


def test_camiones_meet_camion() -> None:
    assert stems("camiones") == stems("camión") == "camion"


def test_a_text_becomes_the_stems_of_its_words_in_order() -> None:
    assert stems("Obras públicas: 3 calles, ¡nuevas!") == "obras obra public 3 call nuev"


def test_a_word_whose_stem_needs_its_accent_leaves_both_stems() -> None:
    variants = stem_variants("rápidamente")
    assert stems("rápidamente") == " ".join(variants)
    assert variants[-1] == stem_variants("rapidamente")[0]


def test_obras_meets_obra_though_the_stemmer_leaves_it_alone() -> None:
    assert stem_variants("obras") == ("obras", "obra")
    assert stem_variants("obra") == ("obra",)


def test_what_is_longer_than_any_word_has_one_form() -> None:
    assert stem_variants("x" * 34 + "ciones") == ("x" * 34 + "cion",)
    assert stem_variants("X" * 35 + "ciones") == ("x" * 35 + "ciones",)


def test_text_without_words_has_no_stems() -> None:
    assert stems(" ¡…! — ") == ""


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Rehabilitan la calle Niños Héroes", "rehabilitan-la-calle-ninos-heroes"),
        ("  ¿1ª etapa? — ¡Sí!  ", "1a-etapa-si"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("¡…!", "sin-titulo"),
        ("", "sin-titulo"),
    ],
)
def test_a_title_becomes_its_slug(title: str, expected: str) -> None:
    assert slug(title) == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (15, "obras-en-camino"),
        (14, "obras-en"),
        (9, "obras-en"),
        (8, "obras-en"),
        (7, "obras"),
        (5, "obras"),
        (4, "obra"),
    ],
)
def test_a_slug_is_cut_after_a_whole_word_where_there_is_one(limit: int, expected: str) -> None:
    assert slug("Obras en camino", limit=limit) == expected


def test_a_slug_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        slug("obras", limit=0)


@given(st.text(), st.integers(1, 100))
def test_any_text_becomes_a_slug_within_its_limit(text: str, limit: int) -> None:
    result = slug(text, limit=limit)
    assert len(result) <= limit
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", result)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Abre el parque", 14, "Abre el parque"),
        ("  Abre el parque  ", 14, "Abre el parque"),
        ("Abre el parque", 13, "Abre el…"),
        ("Abre, el parque", 8, "Abre…"),
        ("Abre el parque", 4, "…"),
        ("Abre el parque", 5, "Abre…"),
        ("Abre el parque", 1, "…"),
        ("Abre el parque", 0, ""),
        ("Uno\n\ndos tres", 10, "Uno\n\ndos…"),
        ("https://a.mx/x- — mucho más", 20, "https://a.mx/x- …"),
        ("", 5, ""),
    ],
)
def test_shortening_leaves_whole_words(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


def test_shortening_leaves_an_address_out_rather_than_cutting_it() -> None:
    assert shorten("Más en https://ejemplo.gob.mx/boletines/120 y aquí", 30) == "Más en…"


def test_a_shortened_text_keeps_the_ellipsis_off_its_last_address() -> None:
    address = "https://ejemplo.gob.mx/boletines/120"
    text = f"Más en {address} y mucho más que no cabe"
    assert shorten(text, 45) == f"Más en {address} …"
    assert shorten(text, 44) == "Más en…"


@given(
    st.lists(
        st.sampled_from(["Abre", "el", "parque,", "¡hoy!", "—", "https://a.mx/x-1", "www.a.mx", "año"])
    ).map(" ".join),
    st.integers(0, 60),
)
def test_a_shortened_text_is_its_beginning_in_whole_words(text: str, limit: int) -> None:
    result = shorten(text, limit)
    assert len(result) <= limit
    if result == text:
        return
    assert result == "" or result.endswith("…")
    kept = result.removesuffix("…").split()
    whole = text.split()[: len(kept)]
    assert [word.strip(",—") for word in kept] == [word.strip(",—") for word in whole]


def test_a_word_longer_than_any_is_cut_between_letters_rather_than_left_out() -> None:
    assert shorten("x" * 400, 300) == "x" * 299 + "…"
    assert shorten("👩\u200d🚒" * 40 + " y más", 9) == "👩\u200d🚒" * 2 + "…"
    assert shorten("Hoy " + "x" * 400, 300) == "Hoy…"


@pytest.mark.parametrize("scheme", ["https://", "Ver:https://", "www.", ""])
def test_an_address_is_left_out_however_long_it_is(scheme: str) -> None:
    assert shorten(f"{scheme}ejemplo.gob.mx/{'obra_' * 80}", 300) == "…"


@given(st.text(), st.integers(0, 40))
def test_shortening_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


DEPARTMENTS = ["Dirección de Obras Públicas", "Agua Potable", "DIF Municipal", "Comunicación Social"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("direccion de obras publica", "Dirección de Obras Públicas"),
        ("Agua Potavle", "Agua Potable"),
        ("agua potable", "Agua Potable"),
        ("dif", "DIF Municipal"),
        ("OBRAS", "Dirección de Obras Públicas"),
        ("zoológico", None),
        ("", None),
    ],
)
def test_the_nearest_choice_is_what_a_person_most_likely_meant(typed: str, meant: str | None) -> None:
    assert nearest(typed, DEPARTMENTS) == meant


def test_nothing_is_near_when_there_is_no_choice() -> None:
    assert nearest("agua", []) is None


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (200, 1), (201, 2), (1000, 5)])
def test_reading_takes_a_minute_for_every_two_hundred_words_begun(words: int, minutes: int) -> None:
    assert reading_minutes("palabra, " * words) == minutes


@pytest.mark.parametrize(
    ("said", "told"), [("Cupo lleno", "Cupo lleno."), ("¡Gracias!", "¡Gracias!"), ("…", "…")]
)
def test_a_sentence_ends_where_another_may_follow(said: str, told: str) -> None:
    assert sentence(said) == told
