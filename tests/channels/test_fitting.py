"""Nothing is cut inside a word or a link, and a post never grows past its limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.delivery import message, picture
from pregon.channels.fitting import as_html, body_of, fit, fitted, heading_of, shown, units
from pregon.delivery.enums import MessageKind

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
LINK = "https://muestra.example/boletines/2026-001/"


@given(text=WORDS, limit=st.integers(0, 60))
def test_a_text_is_fitted_as_the_network_counts(text: str, limit: int) -> None:
    assert units(fit(text, limit)) <= limit


@pytest.mark.parametrize(("text", "length"), [("agua", 4), ("año", 3), ("📣", 2), ("", 0)])
def test_most_emoji_count_as_two(text: str, length: int) -> None:
    assert units(text) == length


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert fit("📣 Hay agua", 11) == "📣 Hay agua"


def test_another_measure_may_be_used() -> None:
    assert fit("📣📣 agua", 4, measure=len) == "📣📣…"


@given(head=WORDS, body=st.lists(WORDS, max_size=4), limit=st.integers(400, 600))
def test_a_post_keeps_its_link_within_any_limit(head: str, body: list[str], limit: int) -> None:
    post = fitted(head, body, LINK, limit=limit)
    assert (units(post) <= limit, post.endswith(f"\n\n{LINK}")) == (True, True)


def test_the_text_gives_way_at_the_end_of_a_word() -> None:
    post = fitted("Titular", ["palabra " * 20, "nunca se llega aquí"], LINK, limit=120)
    assert post == f"Titular\n\n{' '.join(['palabra'] * 8)}…\n\n{LINK}"


def test_a_headline_without_end_leaves_room_for_the_link() -> None:
    post = fitted("palabra " * 100, [], LINK, limit=200)
    assert (post.endswith(f"palabra…\n\n{LINK}"), units(post) <= 200) == (True, True)


def test_a_beginning_without_room_for_a_sentence_is_left_out() -> None:
    assert fitted("Titular", ["palabra " * 20], limit=40) == "Titular"


def test_only_a_correction_says_so_in_its_headline() -> None:
    said = [heading_of(message(kind, headline=" Hay agua ")) for kind in MessageKind]
    assert said == ["Hay agua", "Corrección: Hay agua", "Hay agua", "Hay agua"]


def test_the_body_reads_as_plain_words_the_weightiest_first() -> None:
    text = (
        "Villa de Muestra, Jalisco. El andador quedó abierto este viernes al paso peatonal.\n\n"
        "320 m de empedrado\n\n18 luminarias\n\n"
        "«La calle es de quien la camina» — Dirección de Obras Públicas\n\n• Jardineras en diciembre"
    )
    assert body_of(message(notice="Eran dieciocho.")) == [
        "Eran dieciocho.",
        "Tres meses de obra en el corazón del pueblo.",
        text,
    ]


def test_a_message_without_a_body_needs_no_dateline() -> None:
    assert body_of(message(blocks=())) == ["", "Tres meses de obra en el corazón del pueblo.", ""]


def test_a_preview_shows_what_a_photo_says_and_words_as_words() -> None:
    assert shown(picture()) == "[Foto: Vecinas y vecinos caminan por el andador]"
    assert as_html("<b>\nagua") == "&lt;b&gt;<br>agua"
