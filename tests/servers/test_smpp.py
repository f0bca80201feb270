"""The message centre keeps the rules of SMPP as anybody would write them down, with no client of ours."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from servers.smpp import PASSWORD, SYSTEM_ID, MessageCentre

RESP = 0x80000000
SUBMISSION = (
    b"\0" + b"\3\0" + b"28282\0" + b"\1\1" + b"523312345678\0" + b"\0\0\0" + b"\0\0" + b"\1\0\0\0" + b"\4Hola"
)


class Client:
    """A socket that writes and reads one unit."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)

    def say(self, command: int, sequence: int, body: bytes = b"", *, status: int = 0) -> None:
        self.socket.sendall(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)

    def hear(self) -> tuple[int, int, int, bytes]:
        length, command, status, sequence = struct.unpack(">IIII", self.socket.recv(16, socket.MSG_WAITALL))
        body = self.socket.recv(length - 16, socket.MSG_WAITALL) if length > 16 else b""
        return command, status, sequence, body

    def bind(self, command: int = 9, *, user: str = SYSTEM_ID, password: str = PASSWORD) -> int:
        self.say(command, 1, f"{user}\0{password}\0\0".encode() + b"\x34\0\0\0")
        return self.hear()[1]


@pytest.fixture
def client(message_centre: MessageCentre) -> Iterator[Client]:
    client = Client(message_centre.port)
    yield client
    client.socket.close()


def test_only_who_is_known_is_let_in(client: Client) -> None:
    assert [client.bind(user="otro"), client.bind(password="otra"), client.bind()] == [0x0F, 0x0E, 0]


def test_a_submission_is_read_field_by_field_and_numbered(
    client: Client, message_centre: MessageCentre
) -> None:
    client.bind()
    client.say(4, 2, SUBMISSION)
    assert client.hear() == (4 | RESP, 0, 2, b"A001\0")
    [taken] = message_centre.messages
    assert (taken.sender, taken.to, taken.registered, taken.content) == (
        (3, 0, "28282"),
        (1, 1, "523312345678"),
        1,
        b"Hola",
    )


def test_a_receiver_may_not_submit(client: Client) -> None:
    client.bind(1)
    client.say(4, 2, SUBMISSION)
    assert client.hear()[:3] == (4 | RESP, 0x04, 2)


def test_a_scripted_status_is_answered_once(client: Client, message_centre: MessageCentre) -> None:
    message_centre.script["523312345678"] = [0x58]
    client.bind()
    for sequence in (2, 3):
        client.say(4, sequence, SUBMISSION)
    assert [client.hear()[:3] for _time in range(2)] == [(4 | RESP, 0x58, 2), (4 | RESP, 0, 3)]


def test_what_nobody_acknowledged_comes_again_to_the_next_one(
    client: Client, message_centre: MessageCentre
) -> None:
    message_centre.write("523312345678", b"BAJA")
    client.bind(1)
    command, _status, sequence, body = client.hear()
    assert (command, body.endswith(b"\4BAJA")) == (5, True)
    following = Client(message_centre.port)
    following.bind(1)
    assert following.hear()[2] == sequence
    following.say(5 | RESP, sequence, b"\0")
    following.say(0x15, 9)
    assert (following.hear()[:3], message_centre.waiting) == ((0x15 | RESP, 0, 9), {})
    following.socket.close()


def test_a_transmitter_hears_of_nothing(client: Client, message_centre: MessageCentre) -> None:
    message_centre.write("523312345678", b"BAJA")
    client.bind(2)
    client.say(0x15, 9)
    assert client.hear()[0] == 0x15 | RESP


def test_it_hangs_up_when_it_was_told_to(client: Client, message_centre: MessageCentre) -> None:
    message_centre.hang_up_after = 1
    client.bind()
    client.say(4, 2, SUBMISSION)
    client.hear()
    client.say(4, 3, SUBMISSION)
    assert (client.socket.recv(16), len(message_centre.messages)) == (b"", 1)


def test_a_goodbye_is_answered_and_ends_the_connection(client: Client) -> None:
    client.bind()
    client.say(6, 5)
    assert (client.hear()[:3], client.socket.recv(16)) == ((6 | RESP, 0, 5), b"")
