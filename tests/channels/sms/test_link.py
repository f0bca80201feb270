"""A link answers what keeps it alive, and whatever ends it leaves nobody waiting."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator

import pytest
import trustme

from factories.delivery import parcel
from pregon.channels.sms import link as links
from pregon.channels.sms.link import Broken, Link, Window, refusal
from pregon.channels.sms.smpp import Bind, Command, Pdu, Short
from pregon.delivery.contract import Receipt
from pregon.delivery.errors import (
    DeliveryError,
    DestinationGone,
    Misconfigured,
    Postponed,
    Rejected,
    Unanswered,
)
from servers.smpp import PASSWORD, SYSTEM_ID, MessageCentre, smpp_serving

HEADER = struct.Struct(">IIII")


def bound(
    centre: MessageCentre,
    *,
    host: str = "127.0.0.1",
    password: str = PASSWORD,
    tls: bool = False,
    listening: bool = False,
) -> Link:
    command = Command.BIND_TRANSCEIVER
    who = Bind(system_id=SYSTEM_ID, password=password)
    return Link.bound(host, centre.port, tls=tls, command=command, as_=who, listening=listening)


@pytest.fixture
def link(message_centre: MessageCentre) -> Iterator[Link]:
    link = bound(message_centre)
    yield link
    link.drop()


def heard(link: Link) -> list[Pdu]:
    """All that comes in within a moment."""
    pdus: list[Pdu] = []
    until = time.monotonic() + 0.3
    while (left := until - time.monotonic()) > 0:
        pdus += link.hear(left)
    return pdus


def until(told: object) -> None:
    """Wait until the other thread has done its part."""
    ending = time.monotonic() + 5
    while not told() and time.monotonic() < ending:  # type: ignore[operator]
        time.sleep(0.01)


# --- Binding ------------------------------------------------------------------------------------------------


def test_a_server_says_who_it_is(link: Link, message_centre: MessageCentre) -> None:
    assert (link.server, message_centre.binds) == ("CENTRO", [("transceiver", SYSTEM_ID)])


def test_a_wrong_password_is_a_wrong_setting(message_centre: MessageCentre) -> None:
    with pytest.raises(Misconfigured):
        bound(message_centre, password="otra")


@pytest.mark.parametrize(
    ("status", "error"), [(0x0D, Misconfigured), (0x05, Postponed), (0x08, Postponed), (0x33, Misconfigured)]
)
def test_being_refused_concerns_everybody(
    message_centre: MessageCentre, status: int, error: type[Exception]
) -> None:
    message_centre.refuse_binds = status
    with pytest.raises(error) as problem:
        bound(message_centre)
    assert getattr(problem.value, "whole", True)


def test_a_server_that_is_not_there_holds_everybody() -> None:
    nobody = MessageCentre(port=1)
    with pytest.raises(Postponed) as delay:
        bound(nobody)
    assert delay.value.whole


def test_a_server_that_never_says_yes_holds_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "BINDING", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(Postponed):
        bound(MessageCentre(port=mute.getsockname()[1]))


# --- TLS ----------------------------------------------------------------------------------------------------


def test_a_link_may_be_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)
    monkeypatch.setattr(links, "trust", lambda: client)
    with smpp_serving(server) as centre:
        link = bound(centre, host="localhost", tls=True)
        centre.enquire()
        assert (heard(link), link.server) == ([], "CENTRO")
        link.leave()


def test_a_certificate_of_a_stranger_is_a_wrong_setting(capfd: pytest.CaptureFixture[str]) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(server)
    with smpp_serving(server) as centre, pytest.raises(Misconfigured):
        bound(centre, host="localhost", tls=True)


# --- Kept alive ---------------------------------------------------------------------------------------------


def test_a_link_says_that_it_lives(link: Link, message_centre: MessageCentre) -> None:
    message_centre.enquire()
    assert (heard(link), link.is_alive()) == ([], True)


def test_a_goodbye_ends_the_link(link: Link, message_centre: MessageCentre) -> None:
    message_centre.say_goodbye()
    until(lambda: not link.is_alive())
    with pytest.raises(Broken):
        link.hear(0)


def test_a_cut_ends_the_link(link: Link, message_centre: MessageCentre) -> None:
    message_centre.cut()
    until(lambda: not link.is_alive())
    with pytest.raises(Broken):
        link.ask(Command.ENQUIRE_LINK)


def test_what_phones_write_is_left_to_who_listens(link: Link, message_centre: MessageCentre) -> None:
    message_centre.write("523312345678", b"BAJA")
    assert heard(link) == []
    until(lambda: message_centre.delivered)
    assert (message_centre.delivered, len(message_centre.waiting)) == ([(1, 0x64)], 1)


def test_a_command_that_we_do_not_know_is_said_to_be_so() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(HEADER.pack(16, 0x0103, 0, 77))
        assert Link(ours, listening=False).hear(1) == []
        assert HEADER.unpack(theirs.recv(16)) == (16, 0x80000000, 0x03, 77)


def test_what_came_before_nonsense_is_heard() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = Link(ours, listening=False)
        theirs.sendall(HEADER.pack(16, 0x80000004, 0x58, 1) + b"\xff" * 16)
        assert [pdu.status for pdu in link.hear(1)] == [0x58]
        with pytest.raises(Broken, match="octets"):
            link.hear(1)


def test_sequence_numbers_begin_anew_before_they_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = Link(ours, listening=False)
        link._sequence = 0x7FFFFFFE
        assert [link.ask(Command.ENQUIRE_LINK) for _time in range(2)] == [0x7FFFFFFF, 1]


# --- Names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error", "whole"),
    [
        (0x58, Postponed, True),
        (0x14, Postponed, True),
        (0x05, Postponed, True),
        (0x08, Postponed, False),
        (0x45, Postponed, False),
        (0x0B, DestinationGone, None),
        (0x01, Rejected, None),
        (0x0400, Rejected, None),
        (0x0A, Misconfigured, None),
        (0x0D, Misconfigured, None),
        (0x0E, Misconfigured, None),
        (0x0F, Misconfigured, None),
    ],
)
def test_each_status_has_a_name(status: int, error: type[DeliveryError], whole: bool | None) -> None:
    problem = refusal(status)
    assert (type(problem), getattr(problem, "whole", None)) == (error, whole)
    assert f"0x{status:02X}" in str(problem)


# --- Under way ----------------------------------------------------------------------------------------------


def short(number: str = "523312345678") -> Short:
    return Short(destination_addr=number, dest_addr_ton=1, dest_addr_npi=1, short_message=b"Aviso")


def test_a_parcel_lands_when_all_of_its_segments_have(link: Link, message_centre: MessageCentre) -> None:
    message_centre.hold = 3
    window = Window(link, size=3, hexadecimal=False)
    assert list(window.hand_over(parcel(), [short()] * 3)) == []
    assert (window.has_room(1), window.is_empty) == (False, False)
    answers = []
    while not window.is_empty:
        answers += [answer for _parcel, answer in window.answers(5)]
    assert answers == [Receipt(reference=message_centre.messages[-1].number)]


def test_the_numbers_of_answers_may_be_kept_in_tens(link: Link, message_centre: MessageCentre) -> None:
    window = Window(link, size=1, hexadecimal=True)
    list(window.hand_over(parcel(), [short()]))
    [(_parcel, answer)] = window.answers(5)
    assert answer == Receipt(reference=str(int(message_centre.messages[0].number, 16)))


def test_who_waits_too_long_is_in_doubt_and_the_others_are_not(
    link: Link, message_centre: MessageCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "ANSWERING", 0.2)
    message_centre.silent = {"523300000000"}
    window = Window(link, size=2, hexadecimal=False)
    lost, taken = parcel(key="1-1"), parcel(key="1-2")
    list(window.hand_over(lost, [short("523300000000")]))
    list(window.hand_over(taken, [short()]))
    answers = {}
    while not window.is_empty:
        answers |= {given.key: type(answer) for given, answer in window.answers(0.05)}
    assert (answers, window.trouble) == ({"1-1": Unanswered, "1-2": Receipt}, None)


def test_a_silence_puts_all_in_doubt_and_holds_everybody(
    link: Link, message_centre: MessageCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "ANSWERING", 0.2)
    message_centre.hold = 99
    window = Window(link, size=9, hexadecimal=False)
    for key in ("1-1", "1-2"):
        list(window.hand_over(parcel(key=key), [short()]))
    answers = []
    while not window.is_empty:
        answers += [type(answer) for _parcel, answer in window.answers(0.05)]
    assert (answers, type(window.trouble)) == ([Unanswered, Unanswered], Postponed)


def test_a_parcel_is_in_doubt_when_the_link_breaks_under_it(link: Link) -> None:
    window = Window(link, size=1, hexadecimal=False)
    link.drop()
    assert [type(answer) for _parcel, answer in window.hand_over(parcel(), [short()])] == [Unanswered]


def test_a_nack_is_the_answer_to_what_it_names() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        window = Window(Link(ours, listening=False), size=1, hexadecimal=False)
        list(window.hand_over(parcel(), [short()]))
        theirs.sendall(HEADER.pack(16, 0x80000000, 0x03, 1) + HEADER.pack(16, 0x80000004, 0, 99))
        [(_parcel, answer)] = window.answers(1)
        assert type(answer) is Rejected


def test_leaving_does_not_wait_for_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "LEAVING", 0.1)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reader = threading.Thread(target=theirs.recv, args=(1024,))
        reader.start()
        Link(ours, listening=False).leave()
        reader.join(timeout=5)
        assert ours.fileno() == -1
