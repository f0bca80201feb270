"""A short message fits in the segments that the office pays for, and keeps its link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.delivery import message, parcel
from pregon.channels.sms.alphabet import Alphabet
from pregon.channels.sms.wording import worded
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block

LINK = "https://muestra.example/boletines/2026-001/"
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400)


def long(**fields: object) -> Parcel:
    blocks = (Block(kind="paragraph", text="El andador quedó abierto este viernes al paso peatonal. " * 20),)
    return parcel(message(**({"blocks": blocks} | fields)))


@given(TEXT, TEXT, TEXT, st.integers(1, 4), st.booleans())
def test_any_message_fits_and_keeps_its_link(
    headline: str, dek: str, body: str, most: int, accents: bool
) -> None:
    given = parcel(message(headline=headline, dek=dek, blocks=(Block(kind="paragraph", text=body),)))
    wording = worded(given, most=most, accents=accents)
    assert (len(wording.parts) <= max(most, 2), wording.text.endswith(LINK)) == (True, True)


def test_one_segment_holds_the_headline_and_the_link() -> None:
    assert worded(long(), most=1, accents=False).text == (
        "Reabre el andador con empedrado nuevo\nTres meses de obra en el corazon del pueblo.\n" + LINK
    )


def test_two_segments_are_filled_up_to_a_word() -> None:
    wording = worded(long(), most=2, accents=False)
    assert (len(wording.parts), 280 < wording.units <= 306, wording.alphabet) == (2, True, Alphabet.GSM)
    assert wording.text.endswith(f"...\n{LINK}")


def test_accents_are_kept_at_half_the_length() -> None:
    wording = worded(long(), most=2, accents=True)
    assert (wording.alphabet, len(wording.parts), wording.units <= 134) == (Alphabet.UCS2, 2, True)
    assert "corazón" in wording.text


def test_a_text_that_needs_no_accents_goes_in_the_small_alphabet_even_where_they_are_kept() -> None:
    plain = parcel(message(headline="Mañana abre «La Noria»", dek="", dateline="", blocks=()))
    wording = worded(plain, most=1, accents=True)
    assert (wording.alphabet, wording.text) == (Alphabet.GSM, f'Mañana abre "La Noria"\n{LINK}')


def test_a_text_whose_accents_were_cut_off_goes_in_the_small_alphabet() -> None:
    given = parcel(message(headline="Aviso de obra", dek="Corazón " * 40, dateline="", blocks=()))
    assert worded(given, most=1, accents=True).alphabet == Alphabet.UCS2
    short = parcel(
        message(
            headline="Aviso",
            dek="Cierran la avenida principal de lado a lado toda la semana, también",
            dateline="",
            blocks=(),
        )
    )
    assert worded(short, most=1, accents=True).alphabet == Alphabet.GSM


@pytest.mark.parametrize("accents", [False, True])
def test_a_link_too_long_for_the_segments_takes_more(accents: bool) -> None:
    link = "https://muestra.example/" + "b" * 300
    wording = worded(parcel(message(url=link)), most=1, accents=accents)
    assert (wording.text.endswith(link), len(wording.parts)) == (True, 3)


def test_a_correction_and_a_withdrawal_say_so() -> None:
    corrected = worded(
        parcel(message(MessageKind.CORRECTION, notice="Eran dieciocho.")), most=2, accents=False
    )
    gone = message(
        MessageKind.WITHDRAWAL,
        headline="Se retira el boletín 001/2026",
        notice="La fecha era otra.",
        url="",
        dek="",
        blocks=(),
    )
    assert corrected.text.startswith("Correccion: Reabre el andador con empedrado nuevo\nEran dieciocho.\n")
    assert (
        worded(parcel(gone), most=2, accents=False).text
        == "Se retira el boletin 001/2026\nLa fecha era otra."
    )


def test_a_service_message_carries_the_receivers_own_link() -> None:
    asked = message(MessageKind.SERVICE, headline="Confirma", url="", dek="", dateline="", blocks=())
    assert worded(parcel(asked), most=1, accents=False).text.endswith("/suscripcion/ficha/")
    confirm = parcel(asked, confirm_url="https://muestra.example/c/1/")
    assert worded(confirm, most=1, accents=False).text == "Confirma\nhttps://muestra.example/c/1/"
