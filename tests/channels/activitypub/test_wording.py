"""A note's HTML: whole words, one link, one hashtag, and nothing that anybody could have smuggled in."""

from __future__ import annotations

import pytest

from channels.test_contract import HOSTILE
from factories.delivery import message, parcel
from pregon.channels.activitypub.wording import LIMIT, hashtag_of, paragraphs, seen, worded, worded_for_one
from pregon.channels.fitting import units
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block

URL = "https://muestra.example/boletines/2026-001/"


def test_a_bulletin_is_a_headline_its_text_a_link_and_a_hashtag() -> None:
    words = worded(message())
    assert words.html.startswith(
        "<p><strong>Reabre el andador con empedrado nuevo</strong></p>"
        "<p><em>Tres meses de obra en el corazón del pueblo.</em></p>"
        "<p>Villa de Muestra, Jalisco. El andador quedó abierto este viernes al paso peatonal.</p>"
        "<p>320 m de empedrado</p>"
    )
    assert words.html.endswith(
        f'<p><a href="{URL}">Leer en el sitio</a></p>'
        f'<p><a href="{URL}" rel="tag" class="mention hashtag">#ObraPública</a></p>'
    )
    assert words.hashtag == "ObraPública"


def test_what_is_seen_has_its_paragraphs() -> None:
    assert seen("<p>Uno<br>dos</p><p>&lt;tres&gt;</p>") == "Uno\ndos\n\n<tres>"
    assert paragraphs("Uno\ndos\n\n<tres>") == "<p>Uno<br>dos</p>\n\n<p>&lt;tres&gt;</p>"


def test_a_long_text_gives_way_whole_words_at_a_time() -> None:
    long = Block(kind="paragraph", text="La calle es de quien la camina. " * 400)
    words = worded(message(blocks=(long,)))
    assert (LIMIT - 100 < units(words.text) <= LIMIT, words.html.count(URL)) == (True, 2)
    assert words.text.split("\n\n")[-3].endswith(
        ("camina.", "camina…", "la…", "calle…", "es…", "de…", "quien…", "La…")
    )


def test_hostile_words_stay_words() -> None:
    html = worded(message(headline=HOSTILE, dek=HOSTILE, action=HOSTILE, notice=HOSTILE)).html
    assert ("<script" in html, 'href=""' in html, "&lt;script&gt;" in html) == (False, False, True)


@pytest.mark.parametrize(
    ("kicker", "tag"),
    [
        ("Obra pública · Boletín 001/2026", "ObraPública"),
        ("Salud y DIF · Boletín 001/2026", "SaludYDIF"),
        ("Boletín 001/2026", ""),
        ("2026 · Boletín 001/2026", ""),
        ("¡! · Boletín 001/2026", ""),
        ("", ""),
    ],
)
def test_the_topic_is_the_hashtag(kicker: str, tag: str) -> None:
    assert hashtag_of(message(kicker=kicker)) == tag


def test_a_withdrawal_and_a_letter_have_no_hashtag() -> None:
    assert (
        hashtag_of(message(MessageKind.WITHDRAWAL, url="")),
        hashtag_of(message(MessageKind.SERVICE)),
    ) == ("", "")


def test_a_correction_says_so() -> None:
    words = worded(message(MessageKind.CORRECTION, notice="Eran dieciocho luminarias."))
    assert words.text.startswith(
        "Corrección: Reabre el andador con empedrado nuevo\n\nEran dieciocho luminarias."
    )


def test_what_only_one_reads_has_their_own_link() -> None:
    letter = message(MessageKind.SERVICE, url="", action="Elegir mis temas")
    html = worded_for_one(parcel(letter)).html
    assert '<a href="https://muestra.example/suscripcion/ficha/">Elegir mis temas</a>' in html
    assert "suscripcion" not in worded_for_one(parcel(message(MessageKind.SERVICE, url="", action=""))).html
