"""What a phone shows is what was written, in segments that it can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.channels.sms.alphabet import (
    BASIC,
    ROOM,
    SEPTETS,
    Alphabet,
    decode,
    encode,
    fits_gsm,
    length,
    plain,
    room_in,
    segments,
    signs,
    width,
)

GSM = st.text(st.sampled_from(sorted(SEPTETS)), max_size=700)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def test_the_alphabet_has_its_128_places() -> None:
    assert (len(BASIC), len(set(BASIC)), BASIC.index("@"), BASIC.index("Ñ"), BASIC.index("à")) == (
        128,
        128,
        0,
        93,
        127,
    )


@pytest.mark.parametrize(
    ("letter", "octets"),
    [("@", b"\0"), ("ñ", b"\x7d"), ("é", b"\5"), ("¿", b"\x60"), ("€", b"\x1be"), ("[", b"\x1b<")],
)
def test_letters_have_their_septets(letter: str, octets: bytes) -> None:
    assert encode(letter, Alphabet.GSM) == octets


def test_spanish_has_half_of_its_letters_there() -> None:
    assert [letter for letter in "áéíóúüñÁÉÍÓÚÜÑ¿¡" if letter in SEPTETS] == list("éüñÉÜÑ¿¡")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("«El pingüino»: ¡mañana!", '"El pingüino": ¡mañana!'),
        ("Pabellón · lunes – viernes…", "Pabellon - lunes - viernes..."),
        ("ÁÍÓÚáíóú", "AIOUaiou"),
        ("Andado\u0301r", "Andador"),
        ("Agua 💧 a 20 °C", "Agua  a 20 oC"),
        ("ﬁesta ½", "fiesta 1/2"),
        ("日本", ""),
        (
            "Más: https://muestra.example/sesión·1/~a_b*(año)?q=%20&c=1, aquí…",
            "Mas: https://muestra.example/sesi%C3%B3n%C2%B71/~a_b*(año)?q=%20&c=1, aqui...",
        ),
    ],
)
def test_a_text_without_accents_reads_as_people_type(text: str, said: str) -> None:
    assert plain(text) == said


@given(ANY)
def test_any_text_can_be_made_plain_and_stays_so(text: str) -> None:
    once = plain(text)
    assert (fits_gsm(once), plain(once)) == (True, once.replace("\r", ""))


@given(GSM)
def test_what_is_written_in_septets_reads_as_it_was(text: str) -> None:
    assert decode(encode(text, Alphabet.GSM), 0x00) == text


@given(ANY)
def test_what_is_written_in_units_reads_as_it_was(text: str) -> None:
    assert decode(encode(text, Alphabet.UCS2), 0x08) == text


@pytest.mark.parametrize("alphabet", list(Alphabet))
@given(st.data())
def test_segments_hold_the_whole_text_and_no_more_than_they_can(
    alphabet: Alphabet, data: st.DataObject
) -> None:
    text = data.draw(GSM if alphabet == Alphabet.GSM else ANY)
    parts = segments(text, alphabet)
    alone, joined = ROOM[alphabet]
    sizes = [sum(width(letter, alphabet) for letter in part) for part in parts]
    assert ("".join(parts), max(sizes) <= (alone if len(parts) == 1 else joined)) == (text, True)
    assert (
        room_in(len(parts) - 1, alphabet) < length(text, alphabet) <= room_in(len(parts), alphabet)
        or len(parts) == 1
    )


@pytest.mark.parametrize(
    ("text", "alphabet", "sizes"),
    [
        ("a" * 160, Alphabet.GSM, [160]),
        ("a" * 161, Alphabet.GSM, [153, 8]),
        ("a" * 306, Alphabet.GSM, [153, 153]),
        ("a" * 307, Alphabet.GSM, [153, 153, 1]),
        ("a" * 152 + "€" + "a" * 20, Alphabet.GSM, [152, 21]),
        ("á" * 70, Alphabet.UCS2, [70]),
        ("á" * 71, Alphabet.UCS2, [67, 4]),
        ("á" * 66 + "😀" + "á" * 10, Alphabet.UCS2, [66, 11]),
    ],
)
def test_a_text_is_cut_where_the_header_leaves_room(text: str, alphabet: Alphabet, sizes: list[int]) -> None:
    assert [len(part) for part in segments(text, alphabet)] == sizes


@pytest.mark.parametrize(
    ("octets", "coding", "said"),
    [
        (b"BAJA", 0x01, "BAJA"),
        (b"Baj\xe1", 0x03, "Bajá"),
        (b"\x00B\x00A", 0x08, "BA"),
        (b"\x00B\x00", 0x08, "B\ufffd"),
        (b"\x1b\x41", 0x00, "A"),
        (b"\x80", 0x00, "\ufffd"),
        (b"", 0x00, ""),
    ],
)
def test_what_people_write_is_read_as_its_coding_says(octets: bytes, coding: int, said: str) -> None:
    assert decode(octets, coding) == said


def test_signs_leave_letters_alone() -> None:
    assert signs("«Pabellón»…") == '"Pabellón"...'
