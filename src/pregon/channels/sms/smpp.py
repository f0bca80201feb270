"""SMPP 3.4 as bytes: the PDUs that a client of it needs, written and read with every length bounded.

What a peer sends is not trusted: whatever is not a PDU raises :class:`Malformed`, and nothing is read beyond the cap.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any

HEADER = struct.Struct(">IIII")
TLV = struct.Struct(">HH")
#: A header, the longest mandatory part and one ``message_payload`` of 64 kB.
LARGEST = 66 * 1024
SHORT = 254


class Malformed(ValueError):
    """These bytes are no PDU, or this PDU cannot be written."""


class Command(IntEnum):
    """What a PDU asks for; its answer has the highest bit set."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    GENERIC_NACK = 0x80000000
    BIND_RECEIVER_RESP = 0x80000001
    BIND_TRANSMITTER_RESP = 0x80000002
    SUBMIT_SM_RESP = 0x80000004
    DELIVER_SM_RESP = 0x80000005
    UNBIND_RESP = 0x80000006
    BIND_TRANSCEIVER_RESP = 0x80000009
    ENQUIRE_LINK_RESP = 0x80000015


ANSWER = 0x80000000
BINDS = frozenset({Command.BIND_RECEIVER, Command.BIND_TRANSMITTER, Command.BIND_TRANSCEIVER})


class Tag(IntEnum):
    """Optional parameters that we write or read."""

    RECEIPTED_MESSAGE_ID = 0x001E
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


def text(longest: int) -> Any:
    """A field of letters that ends in a zero, which ``longest`` does not count."""
    return field(default="", metadata={"longest": longest})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """Who we are. The specification ends a password after eight letters; providers hand out longer ones."""

    system_id: str = text(15)
    password: str = text(64)
    system_type: str = text(12)
    interface_version: int = 0x34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = text(40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Who they are."""

    system_id: str = text(15)
    tlvs: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """A short message, in either direction."""

    service_type: str = text(5)
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = text(20)
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = text(20)
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = text(16)
    validity_period: str = text(16)
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""
    tlvs: tuple[tuple[int, bytes], ...] = ()

    def tlv(self, tag: int) -> bytes | None:
        return next((value for known, value in self.tlvs if known == tag), None)

    @property
    def content(self) -> bytes:
        """The message, wherever it was put."""
        return self.short_message or self.tlv(Tag.MESSAGE_PAYLOAD) or b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The number under which a message was taken."""

    message_id: str = text(64)
    tlvs: tuple[tuple[int, bytes], ...] = ()


Body = Bind | Bound | Short | Taken

BODIES: dict[int, type[Body]] = {
    **dict.fromkeys(BINDS, Bind),
    **dict.fromkeys((bind | ANSWER for bind in BINDS), Bound),
    Command.SUBMIT_SM: Short,
    Command.DELIVER_SM: Short,
    Command.SUBMIT_SM_RESP: Taken,
    Command.DELIVER_SM_RESP: Taken,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdu:
    """One unit of the conversation. ``body`` is ``None`` where there is none, as in many a refusal."""

    command: int
    sequence: int
    status: int = 0
    body: Body | None = None


# --- Writing ------------------------------------------------------------------------------------------------


def encode(pdu: Pdu) -> bytes:
    body = b"" if pdu.body is None else b"".join(written(pdu.body))
    length = HEADER.size + len(body)
    if length > LARGEST:
        raise Malformed(f"A PDU of {length} octets is too long.")
    return HEADER.pack(length, pdu.command, pdu.status, pdu.sequence) + body


def written(body: Body) -> Iterator[bytes]:
    for part in fields(body):
        value = getattr(body, part.name)
        if part.name == "tlvs":
            for tag, content in value:
                yield TLV.pack(tag, len(content)) + content
        elif isinstance(value, bytes):
            if len(value) > SHORT:
                raise Malformed(f"{part.name} holds {SHORT} octets, not {len(value)}.")
            yield bytes([len(value)]) + value
        elif isinstance(value, str):
            yield terminated(value, longest=part.metadata["longest"], name=part.name)
        else:
            yield bytes([value])


def terminated(value: str, *, longest: int, name: str) -> bytes:
    try:
        letters = value.encode("latin-1")
    except UnicodeEncodeError as foreign:
        raise Malformed(f"{name} holds letters that SMPP cannot carry.") from foreign
    if len(letters) > longest or b"\0" in letters:
        raise Malformed(f"{name} holds {longest} letters without a zero.")
    return letters + b"\0"


# --- Reading ------------------------------------------------------------------------------------------------


class Stream:
    """PDUs out of bytes that come in as they please."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def __iter__(self) -> Iterator[Pdu]:
        while len(self._buffer) >= HEADER.size:
            length = int.from_bytes(self._buffer[:4], "big")
            if not HEADER.size <= length <= LARGEST:
                raise Malformed(f"A PDU cannot be {length} octets long.")
            if len(self._buffer) < length:
                return
            whole = bytes(self._buffer[:length])
            del self._buffer[:length]
            yield decode(whole)


def decode(whole: bytes) -> Pdu:
    """The PDU in ``whole``; nothing may be missing, and nothing left over."""
    if len(whole) < HEADER.size:
        raise Malformed("A PDU begins with sixteen octets.")
    length, command, status, sequence = HEADER.unpack_from(whole)
    if length != len(whole) or length > LARGEST:
        raise Malformed(f"The PDU says {length} octets and has {len(whole)}.")
    kind = BODIES.get(command)
    content = whole[HEADER.size :]
    # A refusal may leave its body out.
    body = read(kind, content) if kind and (content or not command & ANSWER) else None
    return Pdu(command=command, sequence=sequence, status=status, body=body)


def read(kind: type[Body], content: bytes) -> Body:
    values: dict[str, Any] = {}
    at = 0
    for part in fields(kind):
        if part.name == "tlvs":
            values["tlvs"], at = tlvs_in(content, at), len(content)
        elif "longest" in part.metadata:
            end = content.find(b"\0", at, at + part.metadata["longest"] + 1)
            if end < 0:
                raise Malformed(f"{part.name} has no end.")
            values[part.name], at = content[at:end].decode("latin-1"), end + 1
        elif at >= len(content):
            raise Malformed(f"{part.name} is missing.")
        elif part.name == "short_message":
            end = at + 1 + content[at]
            if content[at] > SHORT or end > len(content):
                raise Malformed("short_message is shorter than it says.")
            values[part.name], at = content[at + 1 : end], end
        else:
            values[part.name], at = content[at], at + 1
    if at != len(content):
        raise Malformed("Something is left over after the last field.")
    return kind(**values)


def tlvs_in(content: bytes, at: int) -> tuple[tuple[int, bytes], ...]:
    found = []
    while at < len(content):
        if at + TLV.size > len(content):
            raise Malformed("An optional parameter has no length.")
        tag, length = TLV.unpack_from(content, at)
        at += TLV.size
        if at + length > len(content):
            raise Malformed("An optional parameter is shorter than it says.")
        found.append((tag, content[at : at + length]))
        at += length
    return tuple(found)
