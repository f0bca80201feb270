"""What comes in is handed over until it is done, and acknowledged so that nothing a person wrote is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from pregon.channels.sms import listening
from pregon.channels.sms.incoming import arrival_in, is_receipt, report_in
from pregon.channels.sms.link import Link
from pregon.channels.sms.listening import Event, Listener
from pregon.channels.sms.smpp import Bind, Command, Short
from pregon.delivery.contract import Arrival, Fate, Report, Wish
from pregon.delivery.errors import Postponed
from servers.smpp import PASSWORD, SYSTEM_ID, MessageCentre, Submitted

PHONE = "523312345678"


def read(short: Short, cursor: str) -> Event | None:
    if is_receipt(short):
        return report_in(short, cursor=cursor, country="52", hexadecimal=False)
    return arrival_in(short, cursor=cursor, country="52")


def opener(centre: MessageCentre) -> Callable[[], Link]:
    who = Bind(system_id=SYSTEM_ID, password=PASSWORD)

    def open_link() -> Link:
        return Link.bound(
            "127.0.0.1", centre.port, tls=False, command=Command.BIND_RECEIVER, as_=who, listening=True
        )

    return open_link


@pytest.fixture
def listener(message_centre: MessageCentre) -> Iterator[Listener]:
    listener = Listener(opener(message_centre), read)
    yield listener
    listener.leave()


def looked(listener: Listener, cursor: str = "", *, for_: int = 1) -> list[Event]:
    """What a few looks bring, until so many events are there."""
    until = time.monotonic() + 5
    while len(events := listener.collect(cursor)) < for_ and time.monotonic() < until:
        time.sleep(0.01)
    return events


def settled(centre: MessageCentre) -> None:
    """Wait until every message was acknowledged."""
    until = time.monotonic() + 5
    while centre.waiting and time.monotonic() < until:
        time.sleep(0.01)


def submitted(number: str) -> Submitted:
    return Submitted(
        number=number,
        sender=(3, 0, "28282"),
        to=(1, 1, PHONE),
        esm_class=0,
        registered=1,
        data_coding=0,
        octets=b"",
        payload=None,
    )


def test_a_persons_message_is_acknowledged_when_it_is_done(
    listener: Listener, message_centre: MessageCentre
) -> None:
    message_centre.write(PHONE, b"BAJA")
    [event] = looked(listener)
    assert (event.wish, len(message_centre.waiting)) == (Wish.LEAVE, 1)  # type: ignore[union-attr]
    assert listener.collect("") == [event]
    assert listener.collect(event.cursor) == []
    settled(message_centre)
    assert message_centre.waiting == {}


def test_who_is_killed_in_between_gets_it_again(message_centre: MessageCentre) -> None:
    message_centre.write(PHONE, b"BAJA")
    dying = Listener(opener(message_centre), read)
    assert len(looked(dying)) == 1
    dying.close()
    following = Listener(opener(message_centre), read)
    [event] = looked(following)
    assert isinstance(event, Arrival)
    following.leave()


def test_a_receipt_is_acknowledged_at_once_and_kept_until_it_is_done(
    listener: Listener, message_centre: MessageCentre
) -> None:
    message_centre.receipt(submitted("A001"))
    [event] = looked(listener)
    settled(message_centre)
    assert (event.fate, event.reference, message_centre.waiting) == (Fate.DELIVERED, "A001", {})  # type: ignore[union-attr]
    assert listener.collect("") == [event]
    assert listener.collect(event.cursor) == []


def test_what_is_no_news_is_acknowledged_too(listener: Listener, message_centre: MessageCentre) -> None:
    message_centre.receipt(submitted("A001"), "ENROUTE")
    looked(listener, for_=0)
    listener.collect("")
    settled(message_centre)
    assert message_centre.waiting == {}


def test_a_cursor_confirms_what_came_before_it_and_no_more(
    listener: Listener, message_centre: MessageCentre
) -> None:
    for word in (b"ALTA", b"BAJA", b"ALTA"):
        message_centre.write(PHONE, word)
    first, _second, third = looked(listener, for_=3)
    assert listener.collect(first.cursor)[-1] == third
    assert len(listener.collect("another:99")) == 2


def test_a_link_that_broke_is_opened_again(listener: Listener, message_centre: MessageCentre) -> None:
    listener.collect("")
    message_centre.cut()
    with pytest.raises(Postponed):
        while True:
            listener.collect("")
    message_centre.receipt(submitted("A002"))
    assert [type(event) for event in looked(listener)] == [Report]


def test_a_receipt_survives_a_link_that_broke(listener: Listener, message_centre: MessageCentre) -> None:
    message_centre.receipt(submitted("A001"))
    kept = looked(listener)
    settled(message_centre)
    message_centre.cut()
    time.sleep(0.1)
    assert listener.collect("") == kept
    assert listener.collect(kept[0].cursor) == []


def test_a_quiet_link_is_asked_whether_it_lives(
    listener: Listener, message_centre: MessageCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener.collect("")
    monkeypatch.setattr(listening, "ASKED", 0.0)
    for _time in range(3):
        listener.collect("")
        time.sleep(0.05)
    assert message_centre.enquired >= 1


def test_a_dead_link_is_given_up(
    listener: Listener, message_centre: MessageCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener.collect("")
    monkeypatch.setattr(listening, "DEAD", 0.0)
    with pytest.raises(Postponed):
        listener.collect("")


def test_one_link_is_kept_for_the_same_options_and_ended_for_others(message_centre: MessageCentre) -> None:
    for options in ("one", "one", "other"):
        listening.collect(options, "", open_link=opener(message_centre), read=read)
    assert len(message_centre.binds) == 2
    listening.leave()
    until = time.monotonic() + 5
    while message_centre.connections and time.monotonic() < until:
        time.sleep(0.01)
    assert message_centre.connections == []
