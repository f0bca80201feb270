"""Every PDU that is written can be read, whatever is read has an end, and nonsense has a name."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.channels.sms.smpp import (
    BODIES,
    HEADER,
    LARGEST,
    SHORT,
    Bind,
    Body,
    Bound,
    Command,
    Malformed,
    Pdu,
    Short,
    Stream,
    Tag,
    Taken,
    decode,
    encode,
)

LETTERS = st.characters(min_codepoint=1, max_codepoint=255)
TLVS = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=300)), max_size=4).map(tuple)


def bodies(kind: type[Body]) -> st.SearchStrategy[Body]:
    given: dict[str, Any] = {}
    for part in fields(kind):
        if part.name == "tlvs":
            given[part.name] = TLVS
        elif part.name == "short_message":
            given[part.name] = st.binary(max_size=SHORT)
        elif "longest" in part.metadata:
            given[part.name] = st.text(LETTERS, max_size=part.metadata["longest"])
        else:
            given[part.name] = st.integers(0, 255)
    return st.builds(kind, **given)


@st.composite
def pdus(draw: st.DrawFn) -> Pdu:
    command = draw(st.sampled_from(list(Command)))
    kind = BODIES.get(command)
    return Pdu(
        command=command,
        sequence=draw(st.integers(0, 0xFFFFFFFF)),
        status=draw(st.integers(0, 0xFFFFFFFF)),
        body=draw(bodies(kind)) if kind else None,
    )


@given(pdus())
def test_what_is_written_reads_as_it_was(pdu: Pdu) -> None:
    assert decode(encode(pdu)) == pdu


@given(st.lists(pdus(), max_size=5), st.integers(1, 40))
def test_units_come_whole_out_of_pieces_of_any_size(sent: list[Pdu], size: int) -> None:
    whole, stream, got = b"".join(map(encode, sent)), Stream(), []
    for at in range(0, len(whole), size):
        stream.feed(whole[at : at + size])
        got += list(stream)
    assert got == sent


@given(st.binary(max_size=400))
def test_nonsense_is_a_unit_or_has_a_name(junk: bytes) -> None:
    stream = Stream()
    stream.feed(junk)
    try:
        assert all(isinstance(pdu, Pdu) for pdu in stream)
    except Malformed as named:
        assert str(named).endswith(".")


@given(st.sampled_from(list(BODIES)), st.binary(max_size=200))
def test_a_body_of_nonsense_is_read_or_has_a_name(command: int, junk: bytes) -> None:
    whole = HEADER.pack(16 + len(junk), command, 0, 1) + junk
    try:
        read = decode(whole)
    except Malformed:
        return
    assert read.body is None or decode(encode(read)) == read


def test_a_bind_is_written_as_the_specification_shows() -> None:
    bind = Bind(system_id="SMPP3TEST", password="secret08", system_type="SUBMIT1", addr_ton=1, addr_npi=1)
    assert encode(Pdu(command=Command.BIND_TRANSMITTER, sequence=1, body=bind)).hex(" ") == (
        "00 00 00 2f 00 00 00 02 00 00 00 00 00 00 00 01 "
        "53 4d 50 50 33 54 45 53 54 00 73 65 63 72 65 74 30 38 00 53 55 42 4d 49 54 31 00 34 01 01 00"
    )


def test_a_submission_is_written_field_by_field() -> None:
    short = Short(
        source_addr_ton=3,
        source_addr="28282",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="523312345678",
        registered_delivery=1,
        short_message=b"Hola",
    )
    assert encode(Pdu(command=Command.SUBMIT_SM, sequence=2, body=short)).hex(" ", -4) == (
        "00000036 00000004 00000000 00000002 "
        "00030032 38323832 00010135 32333331 32333435 36373800 00000000 00010000 0004486f 6c61"
    )


def test_a_refusal_may_leave_its_body_out() -> None:
    refused = HEADER.pack(16, Command.SUBMIT_SM_RESP, 0x58, 9)
    assert decode(refused) == Pdu(command=Command.SUBMIT_SM_RESP, sequence=9, status=0x58)


def test_an_unknown_command_is_read_without_its_body() -> None:
    assert decode(HEADER.pack(20, 0x99, 0, 3) + b"what") == Pdu(command=0x99, sequence=3)


def test_a_message_is_read_wherever_it_was_put() -> None:
    payload = ((int(Tag.MESSAGE_PAYLOAD), b"largo"),)
    assert (Short(short_message=b"corto").content, Short(tlvs=payload).content, Short().content) == (
        b"corto",
        b"largo",
        b"",
    )


@pytest.mark.parametrize(
    "body",
    [
        Bind(system_id="x" * 16),
        Bind(system_id="a\0b"),
        Bind(system_id="Ω"),
        Short(short_message=b"x" * 255),
        Taken(message_id="x" * 65),
        Short(tlvs=tuple((0x0424, b"x" * 60_000) for _twice in range(2))),
    ],
)
def test_what_does_not_fit_cannot_be_written(body: Body) -> None:
    with pytest.raises(Malformed):
        encode(Pdu(command=Command.SUBMIT_SM, sequence=1, body=body))


@pytest.mark.parametrize(
    "whole",
    [
        b"",
        HEADER.pack(17, Command.ENQUIRE_LINK, 0, 1),
        HEADER.pack(17, Command.BIND_TRANSMITTER_RESP, 0, 1) + b"x",
        HEADER.pack(16 + 70, Command.SUBMIT_SM_RESP, 0, 1) + b"x" * 69 + b"\0",
        HEADER.pack(17, Command.SUBMIT_SM, 0, 1) + b"\0",
        HEADER.pack(16 + 17, Command.SUBMIT_SM, 0, 1) + b"\0" * 16 + b"\x09",
        HEADER.pack(16 + 8, Command.BIND_TRANSCEIVER, 0, 1) + b"\0" * 8,
        HEADER.pack(19, Command.SUBMIT_SM_RESP, 0, 1) + b"\0\x04\x24",
        HEADER.pack(22, Command.SUBMIT_SM_RESP, 0, 1) + b"\0\x04\x24\0\x09x",
    ],
)
def test_what_is_cut_or_too_long_cannot_be_read(whole: bytes) -> None:
    with pytest.raises(Malformed):
        decode(whole)


@pytest.mark.parametrize("length", [0, 15, LARGEST + 1, 0xFFFFFFFF])
def test_no_unit_is_waited_for_beyond_the_cap(length: int) -> None:
    stream = Stream()
    stream.feed(HEADER.pack(length, Command.ENQUIRE_LINK, 0, 1))
    with pytest.raises(Malformed):
        list(stream)


def test_a_server_that_says_who_it_is_is_read() -> None:
    whole = HEADER.pack(16 + 7 + 5, Command.BIND_TRANSCEIVER_RESP, 0, 1) + b"CENTRO\0" + b"\x02\x10\0\x01\x34"
    assert decode(whole).body == Bound(system_id="CENTRO", tlvs=((0x0210, b"\x34"),))
