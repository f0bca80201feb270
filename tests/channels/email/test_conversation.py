"""A server that never comes to an end neither fills the memory nor holds a worker."""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pregon.channels.email.conversation import Plain

Talk = Callable[[socket.socket], None]


@contextmanager
def server(talk: Talk) -> Iterator[int]:
    """A port where ``talk`` answers the first one who calls."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        caller, _address = listening.accept()
        with caller:
            try:
                talk(caller)
            except OSError:
                return  # it was hung up on, as it should be

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
        thread.join(timeout=10)


def flood(caller: socket.socket) -> None:
    while True:
        caller.sendall(b"220-one more line\r\n" * 100)


def drip(caller: socket.socket) -> None:
    for letter in b"220 " + b"o" * 10_000:
        caller.sendall(bytes([letter]))
        time.sleep(0.05)


def be_brief(caller: socket.socket) -> None:
    caller.sendall(b"220 here\r\n")
    for _ in range(40):
        caller.recv(1000)
        caller.sendall(b"250-" + b"x" * 3000 + b"\r\n250 yes\r\n")


@pytest.mark.parametrize("talk", [flood, drip])
def test_an_answer_without_end_is_a_server_that_hung_up(talk: Talk) -> None:
    began = time.monotonic()
    with server(talk) as port, pytest.raises(smtplib.SMTPServerDisconnected):
        Plain("127.0.0.1", port, local_hostname="muestra.example", timeout=0.5)
    assert time.monotonic() - began < 5


def test_many_answers_are_no_long_answer() -> None:
    with server(be_brief) as port:
        smtp = Plain("127.0.0.1", port, local_hostname="muestra.example", timeout=5)
        try:
            assert {smtp.noop()[0] for _ in range(30)} == {250}
        finally:
            smtp.close()
