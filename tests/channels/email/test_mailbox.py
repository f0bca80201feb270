"""Bounces read out of a real Dovecot: each once, in order, and the mailbox left as it was."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from factories.delivery import Hands, SubscriberFactory, ask, live, run
from pregon.channels.email import conversation, mailbox
from pregon.channels.email.channel import EmailChannel
from pregon.delivery import actions as delivery
from pregon.delivery import registry
from pregon.delivery.contract import Arrival, Fate, Report, Wish
from pregon.delivery.enums import Standing, State
from pregon.delivery.errors import Misconfigured, Postponed
from pregon.delivery.models import ChannelAccount
from servers.dovecot import Dovecot
from servers.smtp import SmtpServer

HERE = Path(__file__).parent / "bounces"
pytestmark = pytest.mark.system


@pytest.fixture(autouse=True)
def unrested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "EVERY", 0)


@pytest.fixture
def trusted(dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    dovecot.authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    conversation.trust.cache_clear()
    yield
    conversation.trust.cache_clear()


def told(name: str, **changes: str) -> bytes:
    raw = (HERE / f"{name}.eml").read_bytes()
    for old, new in changes.items():
        raw = raw.replace(old.encode(), new.encode())
    return raw.replace(b"\n", b"\r\n")


def options(dovecot: Dovecot, **changes: Any) -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "sender_address": "boletines@muestra.example",
        "imap_host": dovecot.host,
        "imap_port": dovecot.port,
        "imap_security": "none",
        "imap_user": dovecot.user,
        "imap_password": dovecot.password,
    } | changes


def channel(dovecot: Dovecot, **changes: Any) -> EmailChannel:
    built = registry.build("email", options(dovecot, **changes))
    assert isinstance(built, EmailChannel)
    return built


def test_each_letter_is_read_once_and_the_mailbox_is_left_as_it_was(dovecot: Dovecot) -> None:
    dovecot.put(told("answer"), told("postfix"), told("out-of-office"), told("complaint"))
    mail = channel(dovecot)
    events = mail.collect("")
    assert [event.fate if isinstance(event, Report) else event.wish for event in events] == [
        Wish.NOTHING,
        Fate.GONE,
        Wish.NOTHING,
        Fate.COMPLAINT,
    ]
    assert [event.cursor.partition(":")[2] for event in events] == ["1", "2", "3", "4"]
    assert all("Seen" not in flags and "Deleted" not in flags for flags in dovecot.flags())
    assert mail.collect(events[-1].cursor) == []
    dovecot.put(told("qmail"))
    [late] = mail.collect(events[-1].cursor)
    assert isinstance(late, Report)
    assert (late.fate, late.cursor.partition(":")[2]) == (Fate.GONE, "5")


def test_an_empty_mailbox_tells_nothing(dovecot: Dovecot) -> None:
    assert channel(dovecot).collect("") == []


def test_a_mailbox_that_numbers_anew_is_read_from_a_week_ago(dovecot: Dovecot) -> None:
    dovecot.put(told("postfix"))
    assert len(channel(dovecot).collect("1:999")) == 1
    assert len(channel(dovecot).collect("nonsense")) == 1


def test_one_call_reads_so_many_and_the_next_goes_on_at_once(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MOST", 2)
    monkeypatch.setattr(mailbox, "EVERY", 60)
    dovecot.put(*[told("postfix")] * 3)
    mail, cursor, found = channel(dovecot), "", []
    for _call in range(3):
        events = mail.collect(cursor)
        found.append(len(events))
        cursor = events[-1].cursor if events else cursor
    assert found == [2, 1, 0]
    dovecot.put(told("postfix"))
    assert mail.collect(cursor) == []  # it rests


def test_a_letter_too_heavy_to_be_a_bounce_is_passed_over(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "HEAVIEST", 3000)
    dovecot.put(told("postfix") + b"x" * 3000, told("complaint"))
    heavy, light = channel(dovecot).collect("")
    assert (type(heavy), type(light)) == (Arrival, Report)


def test_a_letter_that_nobody_can_read_holds_up_no_other(
    dovecot: Dovecot, caplog: pytest.LogCaptureFixture
) -> None:
    nonsense = (
        b"From: \r\nReturn-Path: <>\r\nContent-Type: text/plain\r\n\r\nHi. This is the\r\n\r\n<\xff>:\r\n"
    )
    dovecot.put(nonsense, told("complaint"))
    with caplog.at_level(logging.CRITICAL):
        _unread, read = channel(dovecot).collect("")
    assert isinstance(read, Report)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_it_is_read_in_tls(dovecot: Dovecot, trusted: None, security: str) -> None:
    dovecot.put(told("postfix"))
    port = dovecot.tls_port if security == "tls" else dovecot.port
    [event] = channel(dovecot, imap_security=security, imap_port=port).collect("")
    assert isinstance(event, Report)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_nobody_is_a_wrong_setting(dovecot: Dovecot, security: str) -> None:
    port = dovecot.tls_port if security == "tls" else dovecot.port
    with pytest.raises(Misconfigured):
        channel(dovecot, imap_security=security, imap_port=port).collect("")


@pytest.mark.parametrize(
    "wrong", [{"imap_password": "otra"}, {"imap_password": "contraseña"}, {"imap_folder": "No hay"}]
)
def test_what_does_not_open_is_a_wrong_setting(dovecot: Dovecot, wrong: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        channel(dovecot, **wrong).collect("")


def test_a_mailbox_out_of_reach_is_waited_for_and_checking_names_it(
    dovecot: Dovecot, smtp_server: SmtpServer
) -> None:
    away = {"imap_port": 9, "port": smtp_server.port, "security": "none"}
    with pytest.raises(Postponed):
        channel(dovecot, **away).collect("")
    with pytest.raises(Misconfigured):
        channel(dovecot, **away).check()


def test_checking_says_where_bounces_come(dovecot: Dovecot, smtp_server: SmtpServer) -> None:
    mail = channel(dovecot, port=smtp_server.port, security="none")
    assert mail.check() == "boletines@muestra.example en 127.0.0.1, con los rebotes en 127.0.0.1"


@pytest.mark.django_db
def test_a_bounce_ends_a_subscription_and_the_cursor_moves_on(
    dovecot: Dovecot, smtp_server: SmtpServer
) -> None:
    hands = Hands()
    live("email", **options(dovecot, port=smtp_server.port, security="none"))
    reader, other = SubscriberFactory.create_batch(2, channel="email")
    asked = ask()
    run(hands)
    line = asked.deliveries.get(destination=reader.address)
    dovecot.put(told("answer"), told("postfix", **{"<7-41@muestra.example>": line.reference}))
    assert delivery.collect_due(at=hands()) == 2
    for row in (reader, other, line):
        row.refresh_from_db()
    assert (reader.standing, other.standing, line.state) == (Standing.GONE, Standing.CONFIRMED, State.FAILED)
    assert ChannelAccount.objects.get(kind="email").cursor.endswith(":2")
    assert delivery.collect_due(at=hands()) == 0
