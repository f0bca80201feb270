"""A letter is drawn once and filled in bytes; what its receiver's program reads is what was meant."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.delivery import message, parcel, picture
from pregon.channels.email.letter import banded, drawn, letter_for, quoted
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block

FROM = "boletines@muestra.example"


def raw(given_: Parcel, **options: Any) -> bytes:
    letter = letter_for(given_, **({"sender_address": FROM, "sender_name": "", "reply_to": ""} | options))
    return letter.sealed(given_, message_id="<1-2@muestra.example>")


def read(given_: Parcel, **options: Any) -> EmailMessage:
    found = message_from_bytes(raw(given_, **options), policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert (found.defects, [part.defects for part in found.iter_parts()]) == ([], [[], []])
    return found


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name == "href"]


# --- Both parts ---------------------------------------------------------------------------------------------


@given(
    st.lists(st.sampled_from(["Á", "obra", "https://muestra.example/plan_de_obra/" * 2, "📣"]), min_size=1)
)
@settings(max_examples=30)
def test_a_subject_of_long_words_keeps_its_spaces(words: list[str]) -> None:
    assert read(parcel(message(headline=" ".join(words))))["Subject"] == " ".join(words)


def test_an_address_in_a_paragraph_opens_letter_by_letter() -> None:
    link = "https://muestra.example/sesión_(norte)?q&d=~*#año"
    text = f"Ver ({link}), muestra.example/plan_de_obra o <b>prensa@muestra.example</b>."
    mail = read(parcel(message(blocks=(Block(kind="paragraph", text=text),), dateline="")))
    found = Links(part(mail, "html")).found
    assert {link, "https://muestra.example/plan_de_obra", "mailto:prensa@muestra.example"} <= set(found)
    assert f"Ver ({link})," in part(mail, "plain")
    assert "<b>" in part(mail, "plain")


def test_text_and_html_say_the_same() -> None:
    mail = read(parcel(message(picture=picture())))
    text, html = part(mail, "plain"), part(mail, "html")
    words = ["Reabre el andador", "Tres meses", "320 m", "«La calle es de quien la camina»", "Jardineras"]
    assert [word for word in words if word not in text or word not in html] == []
    assert mail.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]


def test_the_links_of_the_receiver_stand_in_both_parts() -> None:
    given_ = parcel(
        preferences_url="https://muestra.example/s/a=b?c=1&d=2/",
        unsubscribe_url=f"https://muestra.example/{'x' * 300}/",
    )
    mail = read(given_)
    text, links = part(mail, "plain"), Links(part(mail, "html")).found
    assert [url in text for url in (given_.preferences_url, given_.unsubscribe_url)] == [True, True]
    assert [url in links for url in (given_.preferences_url, given_.unsubscribe_url)] == [True, True]


@settings(max_examples=60, deadline=None)
@given(
    headline=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300).filter(
        str.strip
    ),
    words=st.text(st.characters(exclude_categories=["Cs"]), max_size=400),
    token=st.text(
        st.characters(codec="ascii", categories=["L", "N"], include_characters="-_.~=&?%"), max_size=250
    ),
)
def test_any_words_and_any_link_arrive_as_they_were_written(headline: str, words: str, token: str) -> None:
    url = f"https://muestra.example/{token}/"
    given_ = parcel(
        message(headline=headline, dek="", blocks=(Block(kind="paragraph", text=words),)),
        preferences_url=url,
        unsubscribe_url=url,
    )
    sealed, mail = raw(given_), read(given_)
    letter = letter_for(given_, sender_address=FROM, sender_name="", reply_to="")
    assert [part(mail, kind).strip("\n") for kind in ("plain", "html")] == [
        flat(words).strip("\n") for words in (letter.read_text(given_), letter.read_html(given_))
    ]
    assert (url in Links(part(mail, "html")).found, mail["List-Unsubscribe"]) == (True, f"<{url}>")
    head, _blank, body = sealed.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert sealed.replace(b"\r\n", b"").translate(None, b"\t").isascii()
    assert b"\r" not in sealed.replace(b"\r\n", b"")


def flat(text: str) -> str:
    """As the parser of the standard library gives it back."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_quoting_leaves_room_for_the_soft_break_of_what_follows(words: str) -> None:
    lines = quoted(words).split(b"\r\n")
    assert (max(map(len, lines)) <= 76, len(lines[-1]) <= 75) == (True, True)


# --- Headers ------------------------------------------------------------------------------------------------


def test_the_headers_of_a_bulletin() -> None:
    mail = read(parcel(in_reply_to="<0-1@muestra.example>"), reply_to="prensa@muestra.example")
    told = {name: str(mail[name]) for name in mail if name not in {"Date", "Content-Type"}}
    assert told == {
        "To": "vecina@muestra.example",
        "Message-ID": "<1-2@muestra.example>",
        "List-Unsubscribe": "<https://muestra.example/suscripcion/ficha/baja/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "In-Reply-To": "<0-1@muestra.example>",
        "References": "<0-1@muestra.example>",
        "From": "Comunicación Social · Villa de Muestra <boletines@muestra.example>",
        "Subject": "Reabre el andador con empedrado nuevo",
        "Reply-To": "prensa@muestra.example",
        "List-Id": "<boletines.muestra.example>",
        "MIME-Version": "1.0",
    }
    assert mail["Date"].datetime.tzinfo is not None


def test_who_cannot_unsubscribe_is_not_told_how() -> None:
    given_ = parcel(preferences_url="", unsubscribe_url="")
    mail = read(given_)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)
    assert Links(part(mail, "html")).found == [given_.message.url]


def test_the_letter_that_asks_for_the_second_yes_holds_nothing_but_that_button() -> None:
    asking = message(MessageKind.SERVICE, url="", action="Confirmar mi suscripción")
    given_ = parcel(asking, confirm_url="https://muestra.example/suscripcion/confirmar/ficha/")
    mail = read(given_)
    assert Links(part(mail, "html")).found == [given_.confirm_url]
    assert (mail["Auto-Submitted"], mail["List-Id"], mail["List-Unsubscribe"]) == (
        "auto-generated",
        None,
        None,
    )


def test_a_correction_says_so_in_its_subject_and_before_anything_else() -> None:
    mail = read(parcel(message(MessageKind.CORRECTION, notice="Eran dieciocho.")))
    text = part(mail, "plain")
    assert mail["Subject"] == "Corrección: Reabre el andador con empedrado nuevo"
    assert text.index("Eran dieciocho.") < text.index("Reabre el andador")


def test_a_notice_is_called_a_correction_only_where_it_is_one_and_an_alert_is_not_for_the_press() -> None:
    mail = read(
        parcel(message(MessageKind.ALERT, notice="Sustituye a la alerta de las 9:00.", contact="911"))
    )
    for kind in ("plain", "html"):
        assert "Sustituye a la alerta" in part(mail, kind)
        assert [word for word in ("Corrección", "Para la prensa") if word in part(mail, kind)] == []


def test_a_letter_to_staff_says_why_it_came() -> None:
    own = parcel(message(MessageKind.SERVICE), preferences_url="", unsubscribe_url="")
    assert "porque trabajas en el escritorio de esta oficina" in part(read(own), "plain")


def test_a_withdrawal_is_short_and_plain() -> None:
    gone = message(
        MessageKind.WITHDRAWAL, notice="El acto no se llevó a cabo.", blocks=(), url="", dek="", action=""
    )
    text = part(read(parcel(gone)), "plain")
    assert ("El acto no se llevó a cabo." in text, len(text) < 600) == (True, True)


@pytest.mark.parametrize("field", ["headline", "sender"])
def test_a_line_break_in_words_makes_no_header(field: str) -> None:
    evil = "Aviso\r\nBcc: otra@muestra.example\n\n<script>"
    mail = read(parcel(message(**{field: evil})))
    assert (mail["Bcc"], len(mail.get_all("Subject", [])), len(mail.get_all("From", []))) == (None, 1, 1)


def test_a_reference_that_is_not_ours_makes_no_header() -> None:
    assert read(parcel(in_reply_to="<a@b>\r\nBcc: otra@muestra.example"))["In-Reply-To"] is None


def test_an_address_with_letters_of_the_world_stands_as_it_is() -> None:
    assert "To: begoña@muestra.example\r\n".encode() in raw(parcel(destination="begoña@muestra.example"))


# --- Hostile and heavy --------------------------------------------------------------------------------------


def test_hostile_words_are_no_markup() -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)><mj-raw>'
    blocks = tuple(
        Block(kind=kind, text=evil, label=evil)
        for kind in ("paragraph", "quote", "figure", "item", "heading")
    )
    mail = read(
        parcel(
            message(
                headline=evil,
                kicker=evil,
                dek=evil,
                notice=evil,
                sender=evil,
                action=evil,
                brand=evil,
                blocks=blocks,
                picture=picture(alt=evil, caption=evil),
            )
        )
    )
    html = part(mail, "html")
    assert Links(html).tags & {"script", "mj-raw", "iframe"} == set()
    assert ("<img src=x" in html, html.count("&lt;script&gt;") > 5) == (False, True)


@pytest.mark.parametrize(("paragraphs", "whole"), [(40, True), (400, False)])
def test_a_long_bulletin_stays_under_a_hundred_kilobytes(paragraphs: int, whole: bool) -> None:
    blocks = tuple(
        Block(kind="paragraph", text="Lluvia, calles y parques. " * 24) for _one in range(paragraphs)
    )
    given_ = parcel(message(blocks=blocks, picture=picture()))
    text = part(read(given_), "plain")
    assert (len(raw(given_)) < 100_000, "El texto sigue en el sitio." not in text) == (True, whole)
    assert given_.unsubscribe_url in text


def test_a_letter_fetches_nothing_but_its_picture() -> None:
    html = part(read(parcel(message(picture=picture()))), "html")
    assert ("googleapis" in html, "@import" in html, html.count("src=")) == (False, False, 1)


def test_a_letter_is_drawn_once_for_all_its_receivers() -> None:
    drawn.cache_clear()
    for number in range(3):
        raw(parcel(message(headline="Uno para todos"), destination=f"persona{number}@muestra.example"))
    assert (drawn.cache_info().misses, drawn.cache_info().hits) == (1, 2)


def test_neighbouring_figures_and_items_stand_together() -> None:
    kinds = ["figure", "figure", "paragraph", "item", "item", "paragraph", "figure"]
    blocks = tuple(Block(kind=kind, text=str(at)) for at, kind in enumerate(kinds))
    assert [
        (figures, [[block.text for block in run] for run in runs]) for figures, runs in banded(blocks)
    ] == [
        (True, [["0", "1"]]),
        (False, [["2"], ["3", "4"], ["5"]]),
        (True, [["6"]]),
    ]
