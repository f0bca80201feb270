"""A digest tells each person what concerns them, once, whatever clock and crash do; and nothing is left untold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from factories.accounts import LocalityFactory, TopicFactory
from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    message,
    prepare_all,
    run,
    said_to,
)
from pregon.accounts.models import Office
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import queries, registry
from pregon.delivery.actions import digest as digests
from pregon.delivery.enums import Frequency, MessageKind, Mode, Standing, State
from pregon.delivery.errors import Postponed
from pregon.delivery.models import ChannelAccount, Delivery, Digest, Dispatch, Subscriber, Telling
from pregon.delivery.progress import progress_of
from pregon.delivery.values import Item

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

#: 18:00 of that Friday in Mexico City.
SIX = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


class Gazette:
    """A feature that publishes what a test tells it to."""

    def __init__(self) -> None:
        self.items: list[Item] = []

    def publish(self, name: str, *, at: datetime, **fields: object) -> Item:
        item = Item(
            origin=f"gazette/{name}",
            published_at=at,
            headline=f"Noticia {name}",
            dek=f"De qué trata {name}.",
            url=f"https://muestra.example/{name}/",
            **fields,  # type: ignore[arg-type]
        )
        self.items.append(item)
        return item

    def withdraw(self, item: Item) -> None:
        self.items.remove(item)

    def reword(self, item: Item, headline: str) -> None:
        self.items[self.items.index(item)] = replace(item, headline=headline)

    def between(self, since: datetime, until: datetime, *, at: datetime) -> list[Item]:
        return [item for item in self.items if since <= item.published_at < until and item.published_at <= at]


@pytest.fixture
def gazette(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gazette]:
    paper = Gazette()
    monkeypatch.setattr(registry, "_chronicles", {})
    registry.chronicle(paper.between)
    live("spoken")
    yield paper


def person(frequency: Frequency = Frequency.DAILY, **fields: object) -> Subscriber:
    return SubscriberFactory.create(frequency=frequency, **fields)


def begin(at: datetime = SIX - timedelta(days=1)) -> None:
    """The office has had digests since ``at``."""
    delivery.open_digests(at=at)


def tell_all(hands: Hands) -> None:
    """The clock strikes, and the bulk lane works until nothing is due."""
    delivery.open_digests(at=hands())
    while delivery.digest_due(at=hands()):
        pass
    while run(hands, lane=Lane.BULK):
        pass


def told() -> list[tuple[str, list[str]]]:
    """Who was told which things, by the headlines in what they got."""
    return sorted((parcel.destination, headlines(parcel.message)) for parcel in SpokenChannel.sent)


def headlines(said: object) -> list[str]:
    blocks = [block.text for block in said.blocks if block.kind == "heading"]  # type: ignore[attr-defined]
    return blocks or [said.headline]  # type: ignore[attr-defined]


# --- Telling ------------------------------------------------------------------------------------------------


def test_a_day_is_told_at_its_hour_to_those_who_asked_for_it(gazette: Gazette, hands: Hands) -> None:
    begin()
    daily = person()
    person(Frequency.EACH)
    gazette.publish("a", at=SIX - timedelta(hours=9))
    gazette.publish("b", at=SIX - timedelta(hours=3))
    hands.at = SIX - timedelta(seconds=1)
    tell_all(hands)
    assert told() == []
    hands.at = SIX
    tell_all(hands)
    assert told() == [(daily.address, ["Noticia a", "Noticia b"])]
    [said] = [parcel.message for parcel in SpokenChannel.sent]
    assert (said.kind, said.headline, said.kicker) == (
        MessageKind.NEWS,
        "Resumen del día: 2 boletines",
        "Resumen del día · 20 de noviembre",
    )
    assert [block.text for block in said.blocks][:3] == [
        "Noticia a",
        "De qué trata a.",
        "https://muestra.example/a/",
    ]


def test_a_digest_of_one_is_that_one(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    gazette.publish("a", at=SIX - timedelta(hours=9))
    hands.at = SIX
    tell_all(hands)
    [said] = [parcel.message for parcel in SpokenChannel.sent]
    assert (said.headline, said.dek, said.url, said.blocks) == (
        "Noticia a",
        "De qué trata a.",
        "https://muestra.example/a/",
        (),
    )


def test_an_empty_digest_is_not_sent(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    hands.at = SIX
    tell_all(hands)
    assert (Dispatch.objects.count(), Digest.objects.get(frequency="daily").told_until) == (0, SIX)


def test_a_week_is_told_on_its_day(gazette: Gazette, hands: Hands) -> None:
    begin(SIX - timedelta(days=7))
    weekly = person(Frequency.WEEKLY)
    for day in (6, 3, 1):
        gazette.publish(f"d{day}", at=SIX - timedelta(days=day))
    for day in range(7, -1, -1):
        hands.at = SIX - timedelta(days=day)
        tell_all(hands)
    assert told() == [(weekly.address, ["Noticia d6", "Noticia d3", "Noticia d1"])]
    assert SpokenChannel.sent[0].message.kicker == "Resumen de la semana · 14 de noviembre al 19 de noviembre"


def test_the_hour_and_the_day_are_settings(gazette: Gazette, hands: Hands, settings: Settings) -> None:
    settings.PREGON_DIGEST_HOUR, settings.PREGON_DIGEST_WEEKDAY = 7, 1
    ends = [digests.end_of_period(frequency, at=SIX) for frequency in (Frequency.DAILY, Frequency.WEEKLY)]
    there = [end.astimezone(ZoneInfo("America/Mexico_City")) for end in ends]
    assert [(end.isoweekday(), end.hour, end.day) for end in there] == [(5, 7, 20), (1, 7, 16)]


def test_each_distinct_set_of_items_is_one_dispatch(gazette: Gazette, hands: Hands) -> None:
    begin()
    water, roads = TopicFactory.create_batch(2)
    loma = LocalityFactory.create()
    everything = [person() for _one in range(2)]
    follows_water = person(every_topic=False)
    follows_water.topics.add(water)
    follows_loma = person(every_locality=False)
    follows_loma.localities.add(loma)
    gazette.publish("agua", at=SIX - timedelta(hours=4), topics=frozenset({water.pk}))
    gazette.publish("calle", at=SIX - timedelta(hours=3), topics=frozenset({roads.pk}))
    gazette.publish(
        "loma", at=SIX - timedelta(hours=2), topics=frozenset({roads.pk}), localities=frozenset({loma.pk})
    )
    elsewhere = person(every_topic=False, every_locality=False)
    elsewhere.topics.add(roads)
    gazette.publish("web", at=SIX - timedelta(hours=1), channels=frozenset({"keyed"}))
    hands.at = SIX
    tell_all(hands)
    assert dict(told()) == {
        everything[0].address: ["Noticia agua", "Noticia calle", "Noticia loma"],
        everything[1].address: ["Noticia agua", "Noticia calle", "Noticia loma"],
        follows_water.address: ["Noticia agua"],
        follows_loma.address: ["Noticia agua", "Noticia calle", "Noticia loma"],
        elsewhere.address: ["Noticia calle"],
    }
    assert sorted(Dispatch.objects.values_list("key", flat=True)) == sorted(
        key
        for key in Dispatch.objects.values_list("key", flat=True)
        if key.startswith("digest/daily/2026-11-20/")
    )
    assert (Dispatch.objects.count(), {d.lane for d in Dispatch.objects.all()}) == (3, {"bulk"})


def test_nobody_else_is_told(gazette: Gazette, hands: Hands) -> None:
    begin()
    for standing in (Standing.PENDING, Standing.LEFT, Standing.GONE):
        person(standing=standing)
    silenced = person()
    delivery.suppress("spoken", silenced.address, reason="manual", at=hands())  # type: ignore[arg-type]
    ChannelAccount.objects.create(kind="keyed", mode=Mode.OFF)
    person(channel="keyed")
    gazette.publish("a", at=SIX - timedelta(hours=9))
    hands.at = SIX
    tell_all(hands)
    assert (told(), Delivery.objects.count()) == ([], 0)


def test_a_period_goes_through_its_subscribers_in_bounded_steps(
    gazette: Gazette, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "STEP", 2)
    begin()
    people = [person() for _one in range(5)]
    gazette.publish("a", at=SIX - timedelta(hours=9))
    delivery.open_digests(at=SIX)
    steps = [delivery.digest_due(at=SIX) for _step in range(5)]  # the fourth is the empty week
    assert (steps, Dispatch.objects.count(), Delivery.objects.count()) == ([2, 2, 1, 1, 0], 1, len(people))


def test_a_step_costs_the_same_for_one_subscriber_and_for_three(gazette: Gazette) -> None:
    begin()
    spent = []
    for day in (0, 1, 2):
        person()
        at = SIX + timedelta(days=day)
        gazette.publish(f"a{day}", at=at - timedelta(hours=9))
        delivery.open_digests(at=at)
        with CaptureQueriesContext(connection) as asked:
            delivery.digest_due(at=at)
        spent.append(len(asked))
    assert spent[0] == spent[2]


# --- Neither twice nor never --------------------------------------------------------------------------------


def test_the_end_of_a_period_belongs_to_the_next_one(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    gazette.publish("a", at=SIX - timedelta(microseconds=1))
    gazette.publish("b", at=SIX)
    for days in (0, 1):
        hands.at = SIX + timedelta(days=days)
        tell_all(hands)
    assert [said for _who, said in told()] == [["Noticia a"], ["Noticia b"]]


def test_after_a_long_sleep_one_digest_tells_all_of_it(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    for day in range(3):
        gazette.publish(f"d{day}", at=SIX - timedelta(hours=5) + timedelta(days=day))
    hands.at = SIX + timedelta(days=3, hours=2)
    tell_all(hands)
    assert [said for _who, said in told()] == [["Noticia d0", "Noticia d1", "Noticia d2"]]


def test_what_commits_after_the_hour_it_carries_is_told_with_the_next(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    hands.at = SIX
    tell_all(hands)
    gazette.publish("tarde", at=SIX - timedelta(milliseconds=300))
    hands.at = SIX + timedelta(days=1)
    tell_all(hands)
    assert [said for _who, said in told()] == [["Noticia tarde"]]


def test_a_clock_that_was_put_back_hides_nothing_and_repeats_nothing(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    gazette.publish("a", at=SIX - timedelta(hours=1))
    hands.at = SIX + timedelta(days=3)  # the clock runs ahead, and is put right
    tell_all(hands)
    hands.at = SIX + timedelta(hours=1)
    tell_all(hands)
    gazette.publish("b", at=SIX + timedelta(hours=5))
    hands.at = SIX + timedelta(days=1)
    tell_all(hands)
    assert [said for _who, said in told()] == [["Noticia a"], ["Noticia b"]]


def test_two_clocks_and_two_workers_tell_it_once(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    gazette.publish("a", at=SIX - timedelta(hours=1))
    hands.at = SIX
    for _clock in range(2):
        tell_all(hands)
    assert [said for _who, said in told()] == [["Noticia a"]]


def test_who_turns_to_digests_is_not_told_again_what_came_at_once(gazette: Gazette, hands: Hands) -> None:
    begin()
    one = person(Frequency.EACH)
    gazette.publish("a", at=NOON)
    ask(origin="gazette/a", at=NOON)
    run(hands)
    delivery.choose_frequency(one, Frequency.DAILY, at=hands.forward(hours=1))
    gazette.publish("b", at=hands.forward(hours=1))
    hands.at = SIX
    tell_all(hands)
    assert [said for _who, said in told()] == [["Noticia b"], [message().headline]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Frequency.DAILY, Frequency.EACH),
        (Frequency.WEEKLY, Frequency.EACH),
        (Frequency.WEEKLY, Frequency.DAILY),
        (Frequency.DAILY, Frequency.WEEKLY),
    ],
)
def test_who_turns_to_another_frequency_misses_nothing_and_hears_nothing_twice(
    gazette: Gazette, hands: Hands, before: Frequency, after: Frequency
) -> None:
    begin(SIX - timedelta(days=7))
    one = person(before)
    gazette.publish("martes", at=SIX - timedelta(days=3))
    gazette.publish("hoy", at=NOON)
    hands.at = SIX - timedelta(days=2)
    tell_all(hands)
    hands.at = NOON + timedelta(hours=1)
    delivery.choose_frequency(one, after, at=hands())
    for days in (0, 1, 7):
        hands.at = SIX + timedelta(days=days)
        tell_all(hands)
    heard = Counter(said for _who, group in told() for said in group)
    one.refresh_from_db()
    assert heard == {"Noticia martes": 1, "Noticia hoy": 1}
    assert (one.owed_since, one.owed_until) == (None, None)


def test_a_debt_ends_with_the_choice_that_made_it(gazette: Gazette, hands: Hands) -> None:
    """What comes later comes alone, and must not come from the digest before."""
    begin()
    one = person(Frequency.DAILY)
    gazette.publish("hoy", at=NOON)
    delivery.choose_frequency(one, Frequency.EACH, at=NOON + timedelta(hours=1))
    gazette.publish("tarde", at=NOON + timedelta(hours=2))
    hands.at = SIX
    tell_all(hands)
    assert told() == [(one.address, ["Noticia hoy"])]


def test_who_chooses_the_same_again_is_owed_nothing(gazette: Gazette, hands: Hands) -> None:
    begin()
    one = delivery.choose_frequency(person(), Frequency.DAILY, at=hands())
    assert (one.owed_since, one.owed_until) == (None, None)


class Crash(Exception):
    """The worker's process ends before its transaction does."""


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    published=st.lists(st.integers(0, 8 * 24 * 60), max_size=12, unique=True),
    beats=st.lists(st.integers(0, 9 * 24 * 60), min_size=1, max_size=8),
    crashes=st.sets(st.integers(0, 30), max_size=6),
    zone=st.sampled_from(["America/Mexico_City", "America/Tijuana"]),
    # Days on which Tijuana's clocks change, the end of a month and of a year, and a leap day.
    start=st.sampled_from(
        [datetime(2026, 3, 5), datetime(2026, 10, 28), datetime(2026, 12, 27), datetime(2028, 2, 26)]  # noqa: DTZ001
    ),
    step=st.sampled_from([1, 2, 50]),
)
def test_whatever_clock_and_crash_do_each_hears_each_thing_once(
    gazette: Gazette,
    monkeypatch: pytest.MonkeyPatch,
    published: list[int],
    beats: list[int],
    crashes: set[int],
    zone: str,
    start: datetime,
    step: int,
) -> None:
    for model in (Dispatch, Subscriber, Digest):
        model.objects.all().delete()
    SpokenChannel.forget()
    office = Office.load()
    office.time_zone = zone
    office.save()
    gazette.items.clear()
    zero = start.replace(tzinfo=UTC)
    begin(zero)
    people = [person(Frequency.DAILY), person(Frequency.WEEKLY), person(Frequency.DAILY)]
    names = [gazette.publish(str(n), at=zero + timedelta(minutes=n)).headline for n in published]
    calls, write = iter(range(10_000)), digests.write_lines

    def fall(*args: object, **kwargs: object) -> None:
        write(*args, **kwargs)  # type: ignore[arg-type]
        if next(calls) in crashes:
            raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(digests, "STEP", step)
        patch.setattr(digests, "write_lines", fall)
        # The clock is read at any of these moments, in any order; in the end it is right and goes on.
        for minutes in [*beats, 10 * 24 * 60, 18 * 24 * 60]:
            now = zero + timedelta(minutes=minutes)
            delivery.open_digests(at=now)
            for _try in range(400):
                try:
                    if not delivery.digest_due(at=now):
                        break
                except Crash:
                    continue
    heard = Counter(
        (line.subscriber_id, telling.origin)
        for line in Delivery.objects.prefetch_related("dispatch__tellings")
        for telling in line.dispatch.tellings.all()
    )
    expected = {(one.pk, item.origin) for one in people for item in gazette.items}
    assert (set(heard), set(heard.values()) - {1}, len(names)) == (expected, set(), len(published))


# --- Corrections and withdrawals ----------------------------------------------------------------------------


def test_a_withdrawn_item_leaves_a_digest_that_still_waits(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    gone, kept = (gazette.publish(name, at=SIX - timedelta(hours=3)) for name in "ab")
    delivery.open_digests(at=SIX)
    delivery.digest_due(at=SIX)
    gazette.withdraw(gone)
    assert delivery.retell(gone.origin, at=SIX) == 1
    hands.at = SIX
    tell_all(hands)
    assert [said for _who, said in told()] == [[kept.headline]]


def test_a_digest_that_was_told_anew_waits_for_nothing(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    gone, _kept = (gazette.publish(name, at=SIX - timedelta(hours=3)) for name in "ab")
    delivery.open_digests(at=SIX)
    delivery.digest_due(at=SIX)
    gazette.withdraw(gone)
    delivery.retell(gone.origin, at=SIX)
    hands.at = SIX
    tell_all(hands)
    shown = progress_of(Dispatch.objects.order_by("pk"), at=hands())
    assert [(one.waiting, [bar.tally.due for bar in one.bars]) for one in shown] == [
        (False, []),
        (False, [1]),
    ]


def test_a_digest_of_which_nothing_is_left_is_stopped(gazette: Gazette, hands: Hands) -> None:
    begin()
    person()
    gone = gazette.publish("a", at=SIX - timedelta(hours=3))
    delivery.open_digests(at=SIX)
    delivery.digest_due(at=SIX)
    gazette.withdraw(gone)
    delivery.retell(gone.origin, at=SIX)
    hands.at = SIX
    tell_all(hands)
    assert (told(), Delivery.objects.get().state) == ([], State.SUPPRESSED)


def test_a_correction_finds_those_who_read_it_in_a_digest_and_no_other(
    gazette: Gazette, hands: Hands
) -> None:
    begin()
    topic = TopicFactory.create()
    reader, elsewhere = person(), person(every_topic=False)
    elsewhere.topics.add(topic)
    wrong = gazette.publish("a", at=SIX - timedelta(hours=3), topics=frozenset({0}))
    gazette.publish("b", at=SIX - timedelta(hours=3), topics=frozenset({topic.pk}))
    hands.at = SIX
    tell_all(hands)
    SpokenChannel.sent.clear()
    earlier = queries.dispatches_telling(wrong.origin)
    ask(
        message(MessageKind.CORRECTION),
        origin=wrong.origin,
        at=hands(),
        receivers_of=tuple(earlier.values_list("pk", flat=True)),
    )
    run(hands)
    # A message of its own: the digest holds other things, and must not be edited away.
    assert [(p.destination, p.in_reply_to) for p in SpokenChannel.sent] == [(reader.address, "")]


@pytest.mark.parametrize("order", [(Lane.NOW, Lane.BULK), (Lane.BULK, Lane.NOW)])
def test_whose_digest_still_waits_reads_the_corrected_words_and_no_correction(
    gazette: Gazette, hands: Hands, order: tuple[Lane, Lane]
) -> None:
    begin()
    person()
    wrong = gazette.publish("a", at=SIX - timedelta(hours=3))
    delivery.open_digests(at=SIX)
    delivery.digest_due(at=SIX)
    earlier = tuple(queries.dispatches_telling(wrong.origin).values_list("pk", flat=True))
    gazette.reword(wrong, "Noticia corregida")
    delivery.retell(wrong.origin, at=SIX)
    ask(message(MessageKind.CORRECTION), origin=wrong.origin, at=SIX, receivers_of=earlier)
    hands.at = SIX
    for lane in order:
        run(hands, lane=lane)
    assert [said for _who, said in told()] == [["Noticia corregida"]]


def test_a_line_that_was_handed_over_once_keeps_its_key_and_gets_the_new_words(
    gazette: Gazette, hands: Hands
) -> None:
    begin()
    one = person()
    gone, kept = (gazette.publish(name, at=SIX - timedelta(hours=3)) for name in "ab")
    SpokenChannel.script[one.address] = [Postponed(wait=timedelta(minutes=1))]
    hands.at = SIX
    tell_all(hands)
    key = Delivery.objects.get().key
    gazette.withdraw(gone)
    assert delivery.retell(gone.origin, at=hands()) == 0
    hands.forward(hours=1)
    run(hands, lane=Lane.BULK)
    assert [(parcel.key, headlines(parcel.message)) for parcel in SpokenChannel.sent[1:]] == [
        (key, [kept.headline])
    ]


def test_a_digest_that_a_person_holds_goes_on_being_held(gazette: Gazette) -> None:
    begin()
    person()
    gone, kept = (gazette.publish(name, at=SIX - timedelta(hours=3)) for name in "ab")
    delivery.open_digests(at=SIX)
    delivery.digest_due(at=SIX)
    Dispatch.objects.update(paused_at=SIX)
    gazette.withdraw(gone)
    assert delivery.retell(gone.origin, at=SIX) == 0
    held = Delivery.objects.select_related("dispatch").get().dispatch
    assert (held.paused_at, held.message.headline) == (SIX, kept.headline)


def test_what_is_as_it_was_is_not_told_anew(gazette: Gazette) -> None:
    begin()
    person()
    same = gazette.publish("a", at=SIX - timedelta(hours=3))
    delivery.open_digests(at=SIX)
    delivery.digest_due(at=SIX)
    assert (delivery.retell(same.origin, at=SIX), Dispatch.objects.count(), Telling.objects.count()) == (
        0,
        1,
        1,
    )


# --- What does not wait -------------------------------------------------------------------------------------


def test_a_single_bulletin_reaches_only_those_who_want_each(hands: Hands) -> None:
    live("spoken")
    each = person(Frequency.EACH)
    person(Frequency.DAILY)
    ask()
    run(hands)
    assert said_to() == [each.address]


def test_an_alert_reaches_everybody(hands: Hands) -> None:
    live("spoken")
    people = [person(frequency) for frequency in Frequency]
    ask(lane=Lane.ALERT)
    prepare_all(lane=Lane.ALERT)
    run(hands, lane=Lane.ALERT)
    assert said_to() == [one.address for one in people]
