"""The whole ledger under random fates: answers, deaths, clocks that are set, people who steer, follow up and leave.

What happens outside is remembered apart from the ledger, and the ledger is held against it after each step. Which
steps are legal the database itself knows: it refuses any other one.

The same fates always end alike, so that a failure can be told again and made small: an example begins with a world,
addresses and a cache of its own, and no decision hangs on real time.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, settings
from hypothesis import note as tell
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from factories.accounts import UserFactory
from factories.delivery import Hands, Killed, SpokenChannel, SubscriberFactory, ask, live, message
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import progress, registry
from pregon.delivery.actions import deliver
from pregon.delivery.actions.claim import DEADLY
from pregon.delivery.actions.collect import BECOMES, record
from pregon.delivery.actions.resolve import arrived, send_again
from pregon.delivery.actions.suppress import note
from pregon.delivery.contract import Fate, Limits, Parcel, Receipt, Report
from pregon.delivery.enums import OUT, WAITING, MessageKind, Reason, State
from pregon.delivery.errors import CalledOff, DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.models import Delivery, Dispatch, Subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

READERS = 3
KINDS = ("plain", "keyed")
#: A few stories with many turns find more than many that are told once.
STORIES, DISPATCHES = 3, 8


class Fortune(StrEnum):
    """What happens to a parcel that is handed over."""

    YES = "yes"
    BESIDE = "beside"  # another worker has a turn meanwhile
    LATE = "late"  # the answer comes long after the lease
    LOST = "lost"  # it arrived, and the answer did not
    SILENT = "silent"  # nothing arrived, and nobody said so
    BUSY = "busy"
    CLOSED = "closed"
    WRONG = "wrong"
    REFUSED = "refused"
    GONE = "gone"
    FAULTY = "faulty"  # the channel itself has a fault
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


ARRIVING = {Fortune.YES, Fortune.BESIDE, Fortune.LATE, Fortune.LOST, Fortune.KILLED_AFTER}
SAID: dict[Fortune, type[BaseException]] = {
    Fortune.LOST: Unanswered,
    Fortune.SILENT: Unanswered,
    Fortune.BUSY: Postponed,
    Fortune.WRONG: Misconfigured,
    Fortune.REFUSED: Rejected,
    Fortune.GONE: DestinationGone,
    Fortune.FAULTY: RuntimeError,
    Fortune.KILLED_BEFORE: Killed,
    Fortune.KILLED_AFTER: Killed,
}
#: The kind ones first, which a failure that is made small is left with; the telling ones more often.
LOTS = [*Fortune, Fortune.YES, Fortune.LATE, Fortune.LATE, Fortune.KILLED_AFTER]
DRAWN = 5


def drawn(number: int) -> list[Fortune]:
    """One number for several lots: drawn one by one they would mostly be the same."""
    return [LOTS[number // len(LOTS) ** place % len(LOTS)] for place in range(DRAWN)]


FORTUNES = st.integers(0, len(LOTS) ** DRAWN - 1)
#: Which of those there are, the newest first and counted round.
WHICH = st.integers(0, 7)


@dataclass(kw_only=True)
class World:
    """What happens outside, and what people said."""

    hands: Hands = field(default_factory=Hands)
    #: What the next parcels of each kind meet.
    fortunes: defaultdict[str, list[Fortune]] = field(default_factory=lambda: defaultdict(list))
    #: What the receivers got, in order, and how often each key reached them.
    got: list[str] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    #: Whose yes was heard, and of what the provider took it back later.
    answered: set[str] = field(default_factory=set)
    taken_back: set[str] = field(default_factory=set)
    #: Who wants nothing now, and who ever wanted nothing.
    gone: set[str] = field(default_factory=set)
    ever_gone: set[str] = field(default_factory=set)
    paused: set[int] = field(default_factory=set)
    called_off: set[int] = field(default_factory=set)
    #: When the busy may be asked again at the earliest.
    rest: dict[str, datetime] = field(default_factory=dict)
    #: What the engine did and should not have; an error raised in its hands would be its own to answer.
    wrongs: list[str] = field(default_factory=list)

    def leaves(self, receiver: str) -> None:
        self.gone.add(receiver)
        self.ever_gone.add(receiver)

    def see_off(self, parcel: Parcel) -> None:
        dispatch = int(parcel.key.partition("-")[0])
        if parcel.destination in self.gone:
            self.wrongs.append(f"{parcel.key} left for somebody who wants nothing")
        if dispatch in self.paused | self.called_off:
            self.wrongs.append(f"{parcel.key} left although it was held back")
        if self.hands() < self.rest.pop(parcel.key, self.hands()):
            self.wrongs.append(f"{parcel.key} left too early")


class Plain(SpokenChannel):
    """Its receivers remember what they got, in order."""

    kind = "plain"
    world: ClassVar[World]

    def send(self, parcel: Parcel) -> Receipt:
        world = self.world
        planned = world.fortunes[self.kind]
        fortune = planned.pop(0) if planned else Fortune.YES
        world.see_off(parcel)
        if fortune in ARRIVING:
            world.reached[parcel.key] += 1
            self.take(parcel.key)
        self.meanwhile(fortune, parcel)
        if fortune == Fortune.CLOSED:
            raise Postponed(whole=True)
        if said := SAID.get(fortune):
            raise said()
        world.answered.add(parcel.key)
        return Receipt(reference=f"said:{parcel.key}")

    def meanwhile(self, fortune: Fortune, parcel: Parcel) -> None:
        world = self.world
        if fortune == Fortune.GONE:
            world.leaves(parcel.destination)
        elif fortune == Fortune.BUSY:
            world.rest[parcel.key] = world.hands() + timedelta(seconds=15)
        elif fortune in {Fortune.LATE, Fortune.BESIDE}:
            claim, began = claim_of(parcel), world.hands()
            if fortune == Fortune.LATE:
                world.hands.forward(minutes=20)
            try:
                work(world.hands)
            except Exception as error:  # the engine would take it for the channel's own
                world.wrongs.append(f"Another worker failed: {error!r}")
            if world.hands() == began and claim_of(parcel) != claim:
                world.wrongs.append(f"{parcel.key} was taken from a worker at work")

    def take(self, key: str) -> None:
        self.world.got.append(key)


class Keyed(Plain):
    """They take each key once."""

    kind = "keyed"
    limits: ClassVar[Limits] = Limits(idempotent=True)

    def take(self, key: str) -> None:
        if key not in self.world.got:
            self.world.got.append(key)


def claim_of(parcel: Parcel) -> int | None:
    return Delivery.objects.values_list("claim", flat=True).get(pk=parcel.key.partition("-")[2])


def work(hands: Hands, *kinds: str) -> int:
    """A worker's turn; what it did until it was killed is not known."""
    with suppress(Killed):
        done = delivery.reap(Lane.NOW, at=hands())
        return done + sum(
            delivery.deliver_on(Lane.NOW, kind, now=hands) for kind in kinds or registry.kinds()
        )
    return 0


class Fates(RuleBasedStateMachine):
    """An office with two kinds of channels and a few readers."""

    lines: list[Delivery]
    dispatches: list[Dispatch]

    def __init__(self) -> None:
        super().__init__()
        self.before = sys.exception()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    # --- What happens ---

    @initialize()
    def begin(self) -> None:
        cache.clear()  # rows get the same numbers again
        self.world = Plain.world = World()
        self.hands = self.world.hands
        self.person = UserFactory.create(first_name="Jefatura", email="jefatura@oficina.example")
        for kind in KINDS:
            live(kind)
            for number in range(READERS):
                SubscriberFactory.create(channel=kind, address=f"{kind}{number}@muestra.example")
        self.readers = list(Subscriber.objects.order_by("pk"))
        #: How often a person asked for one more try of a line, and how often it had reached the provider by then.
        self.asked_again: Counter[int] = Counter()
        self.written_off: Counter[str] = Counter()
        self.publish(at_once=True)

    @precondition(lambda self: len({dispatch.origin for dispatch in self.dispatches}) < STORIES)
    @rule(at_once=st.booleans())
    def publish(self, at_once: bool) -> None:
        ask(at=self.hands(), origin=f"faults.story/{Dispatch.objects.count()}")
        if at_once:
            self.prepare()

    @precondition(lambda self: self.to_follow_up() and len(self.dispatches) < DISPATCHES)
    @rule(
        kind=st.sampled_from([MessageKind.CORRECTION, MessageKind.WITHDRAWAL]),
        which=WHICH,
        at_once=st.booleans(),
    )
    def follow_up(self, kind: MessageKind, which: int, at_once: bool) -> None:
        origin = one_of(self.to_follow_up(), which)
        earlier = Dispatch.objects.about(origin)
        numbers = tuple(earlier.values_list("pk", flat=True))
        if kind == MessageKind.WITHDRAWAL:
            delivery.stop(earlier, reason="Se retiró.", at=self.hands())
        ask(message(kind, notice="Eran dieciocho."), at=self.hands(), origin=origin, receivers_of=numbers)
        if at_once:
            self.prepare()

    def to_follow_up(self) -> list[str]:
        withdrawn = {one.origin for one in self.dispatches if one.kind == MessageKind.WITHDRAWAL}
        return sorted({one.origin for one in self.dispatches} - withdrawn)

    @precondition(lambda self: any(dispatch.prepared_at is None for dispatch in self.dispatches))
    @rule()
    def prepare(self) -> None:
        before = set(Dispatch.objects.filter(prepared_at=None).values_list("pk", flat=True))
        states = {line.pk: State(line.state) for line in Delivery.objects.all()}
        delivery.prepare_due(Lane.NOW, at=self.hands())
        for dispatch in Dispatch.objects.filter(pk__in=before).exclude(prepared_at=None):
            if dispatch.audience.receivers_of:
                self.reaches_exactly_who_received(dispatch, states)
            else:
                reached = {line.destination for line in dispatch.deliveries.all()}
                assert reached == {reader.address for reader in self.readers} - self.world.gone

    def reaches_exactly_who_received(self, dispatch: Dispatch, states: dict[int, State]) -> None:
        followed = Delivery.objects.filter(dispatch__in=dispatch.audience.receivers_of, pk__in=states)
        doubtful = {*OUT, State.UNCERTAIN, State.LEASED}
        if dispatch.kind == MessageKind.CORRECTION:
            doubtful.add(State.DUE)
        reached = self.world.reached
        handed = [
            line
            for line in followed
            if reached[line.key] > self.written_off[line.key] and states[line.pk] != State.FAILED
        ]
        received = {
            receiver(line) for line in handed if line.channel == "keyed" or states[line.pk] in doubtful
        }
        perhaps = {
            receiver(line)
            for line in followed
            if states[line.pk] in doubtful or (line.channel == "keyed" and line.attempts)
        }
        assert received <= {receiver(line) for line in dispatch.deliveries.all()} <= perhaps

    @precondition(lambda self: any(line.state in WAITING for line in self.lines))
    @rule(
        kinds=st.sampled_from([("plain",), ("keyed",), KINDS]),
        fortunes=FORTUNES,
        then=st.sampled_from([0, 1, 61, 7_200, 90_000, -1, -61, -3_600]),
    )
    def deliver(self, kinds: tuple[str, ...], fortunes: int, then: int) -> None:
        """A turn of a worker, and then time passes, or the clock is put back."""
        tell(f"What the next parcels of {' and of '.join(kinds)} meet: {', '.join(drawn(fortunes))}")
        for kind in kinds:
            self.world.fortunes[kind] = drawn(fortunes)
        work(self.hands, *kinds)
        self.world.fortunes.clear()
        self.hands.forward(seconds=then)

    # --- What people do ---

    @rule(what=st.sampled_from(["pause", "resume", "cancel"]), which=WHICH, swept=st.booleans())
    def steer(self, what: str, which: int, swept: bool) -> None:
        dispatch, world = one_of(self.dispatches, which), self.world
        if what == "pause":
            delivery.pause(dispatch, at=self.hands())
            world.paused |= {dispatch.pk} - world.called_off
        elif what == "resume":
            self.resume(dispatch)
        else:
            delivery.cancel(dispatch, at=self.hands())
            world.called_off.add(dispatch.pk)
        if swept:
            delivery.sweep_due(at=self.hands())

    def resume(self, dispatch: Dispatch) -> None:
        delivery.resume(dispatch)
        self.world.paused.discard(dispatch.pk)
        for line in dispatch.deliveries.all():
            self.world.rest.pop(line.key, None)

    @precondition(lambda self: self.unhappy())
    @rule(which=WHICH)
    def retry(self, which: int) -> None:
        dispatch = one_of(self.unhappy(), which).dispatch
        if dispatch.pk in self.world.called_off:
            with pytest.raises(CalledOff):
                delivery.retry(dispatch, by=self.person, at=self.hands())
            return
        for line in dispatch.deliveries.filter(state=State.FAILED):
            self.asks_again(line)
        delivery.retry(dispatch, by=self.person, at=self.hands())

    def unhappy(self) -> list[Delivery]:
        return [line for line in self.lines if line.state in {State.FAILED, State.UNCERTAIN}]

    def asks_again(self, line: Delivery) -> None:
        self.asked_again[line.pk] += 1
        if line.state == State.FAILED:
            self.written_off[line.key] = self.world.reached[line.key]
        self.world.rest.pop(line.key, None)

    @precondition(lambda self: any(line.state == State.UNCERTAIN for line in self.lines))
    @rule(again=st.booleans(), which=WHICH)
    def resolve(self, again: bool, which: int) -> None:
        line = one_of([line for line in self.lines if line.state == State.UNCERTAIN], which)
        if again:
            self.asks_again(line)
        (send_again if again else arrived)(line, by=self.person, at=self.hands())

    @rule(what=st.sampled_from(["leave", "come back", "is noted"]), which=WHICH)
    def reader(self, what: str, which: int) -> None:
        person = one_of(self.readers, which)
        person.refresh_from_db()
        if what == "leave":
            delivery.leave(person, at=self.hands())
            self.world.leaves(person.address)
        elif what == "is noted":
            note(person.channel, person.address, reason=Reason.MANUAL, at=self.hands())
            self.world.leaves(person.address)
        else:
            delivery.leave(person, at=self.hands())  # who never left has nothing to confirm
            delivery.confirm(person, at=self.hands())
            self.world.gone.discard(person.address)

    @precondition(lambda self: bool(self.world.got))
    @rule(fate=st.sampled_from(Fate), which=st.integers(0, 30), by_key=st.booleans())
    def report(self, fate: Fate, which: int, by_key: bool) -> None:
        """Out of order, twice, and of lines whose answer was never heard."""
        key = one_of(self.world.got, which)
        line = next(line for line in self.lines if line.key == key)
        told = Report(
            fate=fate,
            reference=f"said:{key}",
            key=key if by_key else "",
            destination=line.destination,
        )
        record(told, channel=line.channel, at=self.hands())
        if fate in {Fate.GONE, Fate.COMPLAINT}:
            self.world.leaves(line.destination)
        if fate not in {*BECOMES, Fate.COMPLAINT}:
            self.world.taken_back.add(key)

    # --- What holds ---

    @invariant()
    def the_ledger_tells_the_truth(self) -> None:
        self.lines = list(Delivery.objects.select_related("dispatch").order_by("pk"))
        self.dispatches = list(Dispatch.objects.order_by("pk"))
        assert self.world.wrongs == []
        self.nothing_is_leased_without_a_lease()
        self.the_pages_count_what_there_is()
        self.nobody_gets_it_twice()
        self.nobody_gets_an_older_text_after_a_newer_one()
        self.what_is_called_sent_has_arrived()
        self.what_has_arrived_is_not_called_otherwise()
        self.what_is_called_off_is_not_prepared()

    def nothing_is_leased_without_a_lease(self) -> None:
        for line in self.lines:
            leased = line.state == State.LEASED
            assert (line.claim is not None, line.lease_until is not None) == (leased, leased)

    def the_pages_count_what_there_is(self) -> None:
        there: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
        for line in self.lines:
            there[line.dispatch_id, line.channel][line.state] += 1
        shown = {
            (one.dispatch.pk, bar.kind): bar.tally
            for one in progress.progress_of(self.dispatches, at=self.hands())
            for bar in one.bars
        }
        assert shown == {place: progress.tally_of(states) for place, states in there.items()}

    def nobody_gets_it_twice(self) -> None:
        times = Counter(self.world.got)
        for line in self.lines:
            assert times[line.key] <= 1 + (self.asked_again[line.pk] if line.channel == "plain" else 0)
        one_line = Counter((line.dispatch_id, *receiver(line)) for line in self.lines)
        assert set(one_line.values()) <= {1}

    def nobody_gets_an_older_text_after_a_newer_one(self) -> None:
        latest: dict[tuple[str, str, str], int] = {}
        lines = {line.key: line for line in self.lines}
        for key in self.world.got:
            line = lines[key]
            about = (line.dispatch.origin, *receiver(line))
            assert latest.get(about, 0) <= line.dispatch_id
            latest[about] = line.dispatch_id

    def what_is_called_sent_has_arrived(self) -> None:
        for line in self.lines:
            if line.state in OUT and "confirmó que sí llegó" not in line.reason:
                assert line.key in self.world.got

    def what_has_arrived_is_not_called_otherwise(self) -> None:
        """Where keys are unknown nothing undoes it but a person or the provider; where they are known, a doubt is
        asked after, again and again."""
        for line in self.lines:
            if line.channel == "keyed":
                assert line.state != State.UNCERTAIN or line.attempts >= DEADLY
            elif line.key in self.world.got and not self.asked_again[line.pk]:
                denied = {State.FAILED} if line.key in self.world.taken_back else set()
                heard = line.key in self.world.answered
                doubtful = set() if heard else {State.LEASED, State.UNCERTAIN}
                assert line.state in {*OUT, *denied, *doubtful}

    def what_is_called_off_is_not_prepared(self) -> None:
        unprepared = {dispatch.pk for dispatch in self.dispatches if dispatch.prepared_at is None}
        assert not unprepared & self.world.called_off

    def what_never_left_had_a_reason(self) -> None:
        newest = {dispatch.origin: dispatch.pk for dispatch in self.dispatches}
        for line in self.lines:
            if line.state == State.SUPPRESSED:
                assert (
                    line.destination in self.world.ever_gone
                    or line.dispatch_id in self.world.called_off
                    or line.dispatch_id < newest[line.dispatch.origin]
                )

    def teardown(self) -> None:
        try:
            if sys.exception() is self.before:  # what failed already is not buried under what follows from it
                self.all_comes_to_an_end()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def all_comes_to_an_end(self) -> None:
        """Once nothing goes wrong any more and nobody holds anything back, everything leaves by itself."""
        for dispatch in Dispatch.objects.exclude(paused_at=None):
            self.resume(dispatch)
        for _day in range(5):
            if (
                not Delivery.objects.filter(state__in=WAITING).exists()
                and not Dispatch.objects.filter(Q(sweeping=True) | Q(prepared_at=None)).exists()
            ):
                break
            self.hands.forward(days=1)
            while delivery.sweep_due(at=self.hands()):
                pass
            while Dispatch.objects.to_prepare(self.hands()).exists():
                self.prepare()
            while work(self.hands):
                pass
        assert not Delivery.objects.filter(state__in=WAITING).exists()
        assert not Dispatch.objects.filter(prepared_at=None).exists()
        self.the_ledger_tells_the_truth()
        self.what_never_left_had_a_reason()


def one_of(things: list[Any], which: int) -> Any:
    return things[-1 - which % len(things)]


def receiver(line: Delivery) -> tuple[str, str]:
    return line.channel, line.destination


@pytest.fixture
def channels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_channels", {channel.kind: channel for channel in (Plain, Keyed)})
    monkeypatch.setattr(deliver, "FRESH", math.inf)  # how long a turn takes decides nothing
    # A failure is made small for a minute, not for five: Hypothesis has no setting for it.
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", 60)
    yield
    SpokenChannel.forget()


@pytest.mark.timeout(400)  # a failure is made small before it is told
def test_whatever_happens_the_ledger_tells_the_truth(channels: None) -> None:
    bounds = settings(
        max_examples=120,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        report_multiple_bugs=False,
        print_blob=True,
    )
    run_state_machine_as_test(Fates, settings=bounds)
