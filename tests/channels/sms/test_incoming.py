"""Receipts are read in the dialects of providers, and a person's first word is a wish."""

from __future__ import annotations

import pytest

from pregon.channels.sms.incoming import arrival_in, is_receipt, known_as, report_in
from pregon.channels.sms.smpp import Short, Tag
from pregon.delivery.contract import Arrival, Fate, Report, Wish

SAID = (
    "id:{id} sub:001 dlvrd:001 submit date:2611201800 done date:2611201801 stat:{state} err:{err} text:Reabre"
)


def receipt(
    state: str = "DELIVRD",
    *,
    number: str = "A001",
    err: str = "000",
    tlvs: tuple[tuple[int, bytes], ...] = (),
) -> Short:
    return Short(
        source_addr_ton=1,
        source_addr="523312345678",
        esm_class=0x04,
        short_message=SAID.format(id=number, state=state, err=err).encode(),
        tlvs=tlvs,
    )


def read(short: Short, *, hexadecimal: bool = False) -> Report | None:
    return report_in(short, cursor="x:1", country="52", hexadecimal=hexadecimal)


def heard(octets: bytes, **fields: object) -> Arrival:
    short = Short(**({"source_addr_ton": 1, "source_addr": "523312345678", "short_message": octets} | fields))
    return arrival_in(short, cursor="x:1", country="52")


@pytest.mark.parametrize(
    ("esm_class", "is_one"), [(0x04, True), (0x44, True), (0x00, False), (0x40, False), (0x08, False)]
)
def test_a_receipt_is_told_from_a_message(esm_class: int, is_one: bool) -> None:
    assert is_receipt(Short(esm_class=esm_class)) is is_one


def test_a_delivered_message_is_reported_by_its_number() -> None:
    assert read(receipt()) == Report(
        fate=Fate.DELIVERED, reference="A001", destination="+523312345678", cursor="x:1"
    )


@pytest.mark.parametrize("state", ["UNDELIV", "EXPIRED", "DELETED", "REJECTD"])
def test_what_did_not_arrive_says_why(state: str) -> None:
    report = read(receipt(state, err="027"))
    assert report is not None
    assert (report.fate, report.reason) == (Fate.FAILED, f"La red del teléfono contestó {state} (027).")


@pytest.mark.parametrize("state", ["ACCEPTD", "ENROUTE", "UNKNOWN", "?"])
def test_what_is_on_its_way_is_no_news(state: str) -> None:
    assert read(receipt(state)) is None


def test_a_provider_may_use_optional_parameters_instead_of_words() -> None:
    tlvs = ((int(Tag.RECEIPTED_MESSAGE_ID), b"B2\0"), (int(Tag.MESSAGE_STATE), b"\x05"))
    report = read(Short(source_addr="523312345678", esm_class=0x04, tlvs=tlvs))
    assert report is not None
    assert (report.fate, report.reference) == (Fate.FAILED, "B2")


def test_numbers_in_two_notations_meet() -> None:
    report = read(receipt(number="0040961"), hexadecimal=True)
    assert report is not None
    assert (report.reference, known_as("A001", hexadecimal=True), known_as("A001", hexadecimal=False)) == (
        "40961",
        "40961",
        "A001",
    )
    assert known_as("no-hex", hexadecimal=True) == "no-hex"


def test_a_receipt_of_nonsense_is_no_news() -> None:
    assert read(Short(esm_class=0x04, short_message=b"\xff\0 what")) is None


@pytest.mark.parametrize(
    ("octets", "coding", "wish"),
    [
        (b"ALTA", 0, Wish.SUBSCRIBE),
        (b" alta por favor", 0, Wish.SUBSCRIBE),
        (b"/start", 0, Wish.SUBSCRIBE),
        (b"Baja", 1, Wish.LEAVE),
        ("¡BAJA!".encode("utf-16-be"), 8, Wish.LEAVE),
        (b"/baja", 0, Wish.LEAVE),
        (b"STOP", 3, Wish.LEAVE),
        (b"Hola, quiero darme de baja", 0, Wish.NOTHING),
        (b"", 0, Wish.NOTHING),
    ],
)
def test_the_first_word_is_the_wish(octets: bytes, coding: int, wish: Wish) -> None:
    arrival = heard(octets, data_coding=coding)
    assert (arrival.sender, arrival.wish, arrival.cursor) == ("+523312345678", wish, "x:1")


def test_a_header_is_not_read_as_words() -> None:
    assert heard(b"\x05\0\x03\x07\x02\x01BAJA", esm_class=0x40).wish == Wish.LEAVE


@pytest.mark.parametrize(
    ("ton", "address", "sender"),
    [
        (1, "5213312345678", "+523312345678"),
        (0, "3312345678", "+523312345678"),
        (1, "12025550100", "+12025550100"),
    ],
)
def test_a_sender_has_the_spelling_of_our_addresses(ton: int, address: str, sender: str) -> None:
    assert heard(b"ALTA", source_addr_ton=ton, source_addr=address).sender == sender


@pytest.mark.parametrize("address", ["TELCEL", "28282", ""])
def test_whoever_has_no_number_cannot_subscribe(address: str) -> None:
    arrival = heard(b"ALTA", source_addr_ton=5, source_addr=address)
    assert (arrival.sender, arrival.wish) == (address, Wish.NOTHING)
