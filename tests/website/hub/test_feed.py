"""What is committed reaches the readers of this process, in order and once, whatever happens to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from pregon.website import actions as website
from pregon.website.front import SAFETY
from pregon.website.hub import feed
from pregon.website.hub.doors import Doors
from pregon.website.hub.window import KEPT, Mark
from pregon.website.models import Broadcast, Stream

NOW = timezone.now()


def tell(name: str = "sitio", **data: int) -> None:
    website.tell([name], "post", data, at=NOW)


def heard(known: dict[str, Mark]) -> dict[str, list[int]]:
    return {name: [one.mark.number for one in told] for name, (_mark, told) in feed.read(known).items()}


@pytest.mark.django_db
@pytest.mark.postgresql
def test_only_what_is_new_is_read() -> None:
    for _telling in range(3):
        tell()
    epoch = Stream.objects.get(name="sitio").epoch
    assert heard({}) == {"sitio": [1, 2, 3]}
    assert heard({"sitio": Mark(epoch, 2)}) == {"sitio": [3]}
    assert heard({"sitio": Mark(epoch, 3)}) == {"sitio": []}
    assert heard({"sitio": Mark("ffffffff", 3)}) == {"sitio": [1, 2, 3]}


@pytest.mark.django_db
def test_of_a_long_stream_no_more_is_read_than_a_window_holds() -> None:
    stream = Stream.objects.get_or_create(name="sitio")[0]
    Broadcast.objects.bulk_create(
        Broadcast(stream=stream, number=number, kind="post", data={}, at=NOW) for number in range(1, KEPT + 4)
    )
    Stream.objects.update(last=KEPT + 3)
    found = heard({})["sitio"]
    assert (len(found), found[0], found[-1]) == (KEPT, 4, KEPT + 3)


@pytest.mark.django_db
def test_a_closed_stream_says_its_last_word_and_is_no_more() -> None:
    tell("cobertura-1")
    [known] = [mark for name, (mark, _told) in feed.read({}).items() if name == "cobertura-1"]
    tell("cobertura-1")
    website.close_stream("cobertura-1", at=NOW)
    assert heard({"cobertura-1": known})["cobertura-1"] == [2]
    assert "cobertura-1" not in heard({"cobertura-1": Mark(known.epoch, 2)}) | heard({})


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_readers_hear_what_is_committed_and_a_database_that_goes_away_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Stream.objects.get_or_create(name="sitio")
    monkeypatch.setattr(feed, "REST", feed.REST / 20)
    read, turns = feed.read, count()

    def read_now_and_then(known: dict[str, Mark]) -> feed.News:
        if next(turns) % 2:
            raise OperationalError
        return read(known)

    monkeypatch.setattr(feed, "read", read_now_and_then)
    assert asyncio.run(listen(lambda: tell(n=1), lambda: tell(n=2))) == [1, 2]


async def listen(*tellings: Callable[[], None]) -> list[int]:
    """What the window of the site holds after each of ``tellings``."""
    doors, found = Doors(feed.follow, safety=SAFETY), []
    feed.follow(doors)
    async with asyncio.timeout(10):
        await doors.known.wait()
        for telling in tellings:
            before = doors.windows["sitio"].last
            await asyncio.to_thread(in_a_thread, telling)
            while doors.windows["sitio"].last == before:
                await asyncio.sleep(0.01)
            found.append(doors.windows["sitio"].last - before + (found[-1] if found else 0))
    return found


def in_a_thread(telling: Callable[[], None]) -> None:
    """A thread that ends leaves no connection behind."""
    try:
        telling()
    finally:
        connection.close()
