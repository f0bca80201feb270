"""No minute, no day and no server gets more than it takes, however many workers there are."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from factories.delivery import Hands, SpokenChannel, SubscriberFactory, ask, live, prepare_all, run, said_to
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import registry
from pregon.delivery.actions.claim import claim, has_work
from pregon.delivery.enums import State
from pregon.delivery.errors import Rejected
from pregon.delivery.models import Bucket, Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


class ServersChannel(SpokenChannel):
    """Each server takes thirty a minute."""

    kind = "servers"
    label = "Por servidor"

    def pace(self, destination: str) -> tuple[str, int] | None:
        server = destination.rpartition("@")[2]
        return (server, 30) if server == "lento.example" else None


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._channels, "servers", ServersChannel)
    live("servers")


def test_the_office_may_go_slower_than_the_provider_allows(hands: Hands) -> None:
    account = live("spoken")
    account.per_minute = 60
    account.save()
    SubscriberFactory.create_batch(10)
    ask()
    counts = []
    for _second in range(10):
        run(hands)
        counts.append(len(said_to()))
        hands.forward(seconds=1)
    assert (counts[0], counts[-1]) == (2, 10)


def test_no_24_hours_hold_more_than_a_day_allows(hands: Hands) -> None:
    account = live("spoken")
    account.per_day = 6
    account.save()
    SubscriberFactory.create_batch(20)
    ask()
    moments: list[float] = []
    for _look in range(4 * 100):
        before = len(said_to())
        run(hands)
        moments += [hands().timestamp()] * (len(said_to()) - before)
        hands.forward(minutes=15)
    day = timedelta(days=1).total_seconds()
    busiest = max(sum(start <= other < start + day for other in moments) for start in moments)
    assert (len(moments), busiest) == (20, 6)


def test_a_day_that_is_not_used_up_counts_the_hour_that_ends_it_too(hands: Hands) -> None:
    account = live("spoken")
    account.per_day = 6
    account.save()
    SubscriberFactory.create_batch(5)
    hands.forward(minutes=40)
    ask()
    run(hands)
    hands.forward(hours=23, minutes=30)
    ask(origin="newsroom.bulletin/2")
    run(hands)
    nearly_a_day_later = len(said_to())
    hands.forward(hours=1)
    run(hands)
    assert (nearly_a_day_later, len(said_to())) == (6, 10)


def test_what_another_worker_holds_counts_and_lets_nobody_rest(hands: Hands) -> None:
    """It may yet give it back, and then the day has room again."""
    account = live("spoken")
    account.per_day = 5
    account.save()
    SubscriberFactory.create_batch(20)
    ask()
    prepare_all()
    delivery.deliver_on(Lane.NOW, "spoken", now=hands, size=2)
    claims = [claim(Lane.NOW, "spoken", at=hands(), size=9) for _worker in range(2)]
    account.refresh_from_db()
    assert [len(held.lines) for held in claims if held] == [3, 0]
    assert (len(said_to()), account.busy_until) == (2, None)


def test_a_batch_for_a_slow_server_alone_leads_to_the_next_one_at_once(hands: Hands, servers: None) -> None:
    for domain in ("lento.example", "muestra.example"):
        for number in range(4):
            SubscriberFactory(channel="servers", address=f"persona{number}@{domain}")
    ask()
    prepare_all()
    passed = [delivery.deliver_on(Lane.NOW, "servers", now=hands, size=2) for _batch in range(5)]
    assert (passed, len(said_to())) == ([2, 2, 2, 2, 0], 5)


def test_a_slow_server_gets_its_pace_and_holds_up_nobody(hands: Hands, servers: None) -> None:
    for number in range(10):
        SubscriberFactory(channel="servers", address=f"persona{number}@lento.example")
        SubscriberFactory(channel="servers", address=f"persona{number}@muestra.example")
    ask()
    run(hands)
    at_once = Counter(address.rpartition("@")[2] for address in said_to())
    assert at_once == {"muestra.example": 10, "lento.example": 1}
    for _second in range(20):
        hands.forward(seconds=1)
        run(hands)
    assert (len(said_to()), len(set(said_to()))) == (20, 20)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_buckets_that_say_nothing_are_forgotten(hands: Hands, servers: None) -> None:
    SubscriberFactory(channel="servers", address="persona@lento.example")
    ask()
    run(hands)
    assert (Bucket.objects.count(), delivery.forget_full(at=hands.forward(days=3))) == (1, 1)


def test_hours_that_still_count_are_not_forgotten(hands: Hands) -> None:
    account = live("spoken")
    account.per_day = 5
    account.save()
    SubscriberFactory()
    ask()
    run(hands)
    assert (Bucket.objects.count(), delivery.forget_full(at=hands.forward(hours=25))) == (1, 0)


def test_a_clock_that_is_put_back_lets_no_server_wait_for_its_old_hour(hands: Hands, servers: None) -> None:
    SubscriberFactory(channel="servers", address="persona@lento.example")
    ask()
    run(hands)
    hands.forward(hours=-1)
    ask(origin="newsroom.bulletin/2", at=hands())
    for _second in range(3):
        run(hands)
        hands.forward(seconds=1)
    assert said_to() == 2 * ["persona@lento.example"]


# --- Alerts -------------------------------------------------------------------------------------------------


def test_news_on_a_paced_channel_waits_while_an_alert_does(hands: Hands) -> None:
    account = live("spoken")
    account.per_minute = 60
    account.save()
    SubscriberFactory.create_batch(6)
    ask(lane=Lane.BULK)
    run(hands, lane=Lane.BULK)
    ask(lane=Lane.ALERT)
    prepare_all(at=hands(), lane=Lane.ALERT)
    for _second in range(3):
        hands.forward(seconds=2)
        run(hands, lane=Lane.BULK)
        run(hands, lane=Lane.ALERT)
    left = Delivery.objects.filter(state=State.SENT).values_list("lane", flat=True)
    assert Counter(left) == {Lane.BULK: 2, Lane.ALERT: 6}


def test_a_tenth_of_a_day_is_kept_for_alerts(hands: Hands) -> None:
    account = live("spoken")
    account.per_day = 20
    account.save()
    SubscriberFactory.create_batch(30)
    ask(lane=Lane.BULK)
    run(hands, lane=Lane.BULK, turns=3)
    before = len(said_to())
    assert not has_work(
        Lane.BULK, "spoken", at=hands()
    )  # a worker that was told so would look without a pause
    ask(lane=Lane.ALERT)
    run(hands, lane=Lane.ALERT, turns=3)
    assert (before, len(said_to())) == (18, 20)


def test_an_address_that_is_none_holds_up_nobody(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    def pace(self: ServersChannel, destination: str) -> tuple[str, int] | None:
        if destination.startswith("borrado"):
            raise Rejected("Esa dirección no es ninguna.")
        return None

    monkeypatch.setitem(registry._channels, "servers", ServersChannel)
    monkeypatch.setattr(ServersChannel, "pace", pace)
    live("servers")
    SubscriberFactory(channel="servers", address="borrado-1")
    SubscriberFactory(channel="servers", address="persona@muestra.example")
    ask()
    run(hands)
    assert set(said_to()) == {"borrado-1", "persona@muestra.example"}
