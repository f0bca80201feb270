"""The whole ledger under random fates: answers, deaths, clocks that are set, people who steer, follow up and leave.

What the receivers really got is remembered apart from the ledger, and the ledger is held against it after each step.
Which steps are legal the database itself knows: it refuses any other one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from random import Random
from typing import ClassVar

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
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
from pregon.delivery.actions.collect import record
from pregon.delivery.actions.resolve import arrived, send_again
from pregon.delivery.contract import Fate, Limits, Parcel, Receipt, Report
from pregon.delivery.enums import OUT, WAITING, MessageKind, State
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.models import Delivery, Dispatch, Subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


class Fortune(StrEnum):
    """What happens to a parcel that is handed over."""

    YES = "yes"
    LATE = "late"  # the answer comes long after the lease
    LOST = "lost"  # it arrived, and the answer did not
    SILENT = "silent"  # nothing arrived, and nobody said so
    BUSY = "busy"
    CLOSED = "closed"
    WRONG = "wrong"
    REFUSED = "refused"
    GONE = "gone"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


ARRIVING = {Fortune.YES, Fortune.LATE, Fortune.LOST, Fortune.KILLED_AFTER}
SAID: dict[Fortune, type[BaseException]] = {
    Fortune.LOST: Unanswered,
    Fortune.SILENT: Unanswered,
    Fortune.BUSY: Postponed,
    Fortune.WRONG: Misconfigured,
    Fortune.REFUSED: Rejected,
    Fortune.GONE: DestinationGone,
    Fortune.KILLED_BEFORE: Killed,
    Fortune.KILLED_AFTER: Killed,
}
#: What the next parcels of a channel meet, as a seed: drawn one by one they would mostly be the same, and kind.
FORTUNES = st.integers(0, 2**32)


class Plain(SpokenChannel):
    """Its receivers remember what they got, in order."""

    kind = "plain"
    got: ClassVar[list[str]] = []
    fortunes: ClassVar[defaultdict[str, list[Fortune]]] = defaultdict(list)
    hands: ClassVar[Hands]

    def send(self, parcel: Parcel) -> Receipt:
        planned = self.fortunes[self.kind]
        fortune = planned.pop(0) if planned else Fortune.YES
        if fortune in ARRIVING:
            self.take(parcel.key)
        if fortune == Fortune.LATE:
            self.hands.forward(minutes=20)
            work(self.hands)
        elif fortune == Fortune.CLOSED:
            raise Postponed(whole=True)
        elif said := SAID.get(fortune):
            raise said()
        return Receipt(reference=f"said:{parcel.key}")

    def take(self, key: str) -> None:
        self.got.append(key)


class Keyed(Plain):
    """They take each key once."""

    kind = "keyed"
    limits: ClassVar[Limits] = Limits(idempotent=True)

    def take(self, key: str) -> None:
        if key not in self.got:
            self.got.append(key)


def work(hands: Hands, *kinds: str) -> int:
    """A worker's turn; what it did until it was killed is not known."""
    with suppress(Killed):
        done = delivery.reap(Lane.NOW, at=hands())
        return done + sum(
            delivery.deliver_on(Lane.NOW, kind, now=hands) for kind in kinds or registry.kinds()
        )
    return 0


class Fates(RuleBasedStateMachine):
    """An office with two kinds of channels and four readers."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.hands = Plain.hands = Hands()
        Plain.got.clear()
        Plain.fortunes.clear()
        self.person = UserFactory.create()
        for kind in ("plain", "keyed"):
            live(kind)
            SubscriberFactory.create_batch(2, channel=kind)
        #: How often a person asked for one more try of a line.
        self.asked_again: Counter[int] = Counter()

    # --- What happens ---

    @initialize()
    def begin(self) -> None:
        self.publish(at_once=True)

    @rule(at_once=st.booleans())
    def publish(self, at_once: bool) -> None:
        ask(at=self.hands(), origin=f"faults.story/{Dispatch.objects.count()}")
        if at_once:
            self.prepare()

    @precondition(lambda self: Dispatch.objects.exists())
    @rule(kind=st.sampled_from([MessageKind.CORRECTION, MessageKind.WITHDRAWAL]), data=st.data())
    def follow_up(self, kind: MessageKind, data: st.DataObject) -> None:
        withdrawn = Dispatch.objects.filter(kind=MessageKind.WITHDRAWAL).values("origin")
        origins = (
            Dispatch.objects.exclude(origin__in=withdrawn).order_by("origin").values_list("origin", flat=True)
        )
        if not origins:
            return
        origin = data.draw(st.sampled_from(list(origins.distinct())))
        earlier = Dispatch.objects.about(origin)
        numbers = tuple(earlier.values_list("pk", flat=True))
        if kind == MessageKind.WITHDRAWAL:
            delivery.stop(earlier, reason="Se retiró.", at=self.hands())
        ask(message(kind, notice="Eran dieciocho."), at=self.hands(), origin=origin, receivers_of=numbers)

    @precondition(lambda self: Dispatch.objects.to_prepare(self.hands()).exists())
    @rule()
    def prepare(self) -> None:
        before = set(Dispatch.objects.filter(prepared_at=None).values_list("pk", flat=True))
        states = {line.pk: State(line.state) for line in Delivery.objects.all()}
        delivery.prepare_due(Lane.NOW, at=self.hands())
        for dispatch in Dispatch.objects.filter(pk__in=before).exclude(prepared_at=None):
            if dispatch.audience.receivers_of:
                self.reaches_exactly_who_received(dispatch, states)

    def reaches_exactly_who_received(self, dispatch: Dispatch, states: dict[int, State]) -> None:
        followed = Delivery.objects.filter(dispatch__in=dispatch.audience.receivers_of, pk__in=states)
        doubtful = {*OUT, State.UNCERTAIN, State.LEASED}
        if dispatch.kind == MessageKind.CORRECTION:
            doubtful.add(State.DUE)
        handed = [line for line in followed if line.key in Plain.got and states[line.pk] != State.FAILED]
        received = {
            receiver(line) for line in handed if line.channel == "keyed" or states[line.pk] in doubtful
        }
        perhaps = {
            receiver(line)
            for line in followed
            if states[line.pk] in doubtful or (line.channel == "keyed" and line.attempts)
        }
        reached = {receiver(line) for line in dispatch.deliveries.all()}
        assert received <= reached <= perhaps

    @precondition(lambda self: Delivery.objects.filter(state__in=WAITING).exists())
    @rule(kind=st.sampled_from(["plain", "keyed"]), fortunes=FORTUNES, then=st.sampled_from([0, 61, 7_200]))
    def deliver(self, kind: str, fortunes: int, then: int) -> None:
        Plain.fortunes[kind] += Random(fortunes).choices(list(Fortune), k=4)
        work(self.hands, kind)
        Plain.fortunes.clear()
        self.hands.forward(seconds=then)

    @rule(seconds=st.sampled_from([1, 61, 7_200, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.hands.forward(seconds=seconds)

    @rule(seconds=st.sampled_from([1, 61, 3_600]))
    def clock_is_put_back(self, seconds: int) -> None:
        self.hands.forward(seconds=-seconds)

    # --- What people do ---

    @precondition(lambda self: Dispatch.objects.exists())
    @rule(what=st.sampled_from(["pause", "resume", "cancel", "retry"]), swept=st.booleans(), data=st.data())
    def steer(self, what: str, swept: bool, data: st.DataObject) -> None:
        dispatch = data.draw(st.sampled_from(list(Dispatch.objects.order_by("pk"))))
        if what == "pause":
            delivery.pause(dispatch, at=self.hands())
        elif what == "resume":
            delivery.resume(dispatch)
        elif what == "cancel":
            delivery.cancel(dispatch, at=self.hands())
        else:
            failed = dispatch.deliveries.filter(state=State.FAILED)
            self.asked_again.update(failed.values_list("pk", flat=True))
            delivery.retry(dispatch, by=self.person, at=self.hands())
        if swept:
            delivery.sweep_due(at=self.hands())

    @precondition(lambda self: Delivery.objects.filter(state=State.UNCERTAIN).exists())
    @rule(again=st.booleans())
    def resolve(self, again: bool) -> None:
        line = Delivery.objects.filter(state=State.UNCERTAIN).order_by("pk")[0]
        if again:
            self.asked_again[line.pk] += 1
        (send_again if again else arrived)(line, by=self.person, at=self.hands())

    @rule(which=st.integers(0, 3), back=st.booleans())
    def leave_or_come_back(self, which: int, back: bool) -> None:
        person = Subscriber.objects.order_by("pk")[which]
        (delivery.confirm if back else delivery.leave)(person, at=self.hands())

    @precondition(lambda self: bool(Plain.got))
    @rule(fate=st.sampled_from(Fate), data=st.data())
    def report(self, fate: Fate, data: st.DataObject) -> None:
        """Out of order, twice, and of lines whose answer was never heard."""
        key = data.draw(st.sampled_from(Plain.got))
        line = Delivery.objects.get(pk=key.partition("-")[2])
        record(Report(fate=fate, reference=f"said:{key}"), channel=line.channel, at=self.hands())

    # --- What holds ---

    @invariant()
    def nothing_is_leased_without_a_lease(self) -> None:
        leased = Delivery.objects.filter(state=State.LEASED)
        held = leased.filter(lease_until__isnull=False, claim__isnull=False)
        assert leased.count() == held.count()
        assert not Delivery.objects.exclude(state=State.LEASED).filter(claim__isnull=False).exists()

    @invariant()
    def the_states_add_up_to_the_lines(self) -> None:
        for dispatch in Dispatch.objects.all():
            for tally in progress.tallies(dispatch).values():
                whole = tally.sent + tally.withheld + tally.failed + tally.waiting + tally.uncertain
                assert whole == tally.due

    @invariant()
    def nobody_gets_it_twice(self) -> None:
        times = Counter(Plain.got)
        for line in Delivery.objects.filter(channel="plain"):
            assert times[line.key] <= 1 + self.asked_again[line.pk]
        one_line = Counter((line.dispatch_id, *receiver(line)) for line in Delivery.objects.all())
        assert set(one_line.values()) <= {1}

    @invariant()
    def nobody_gets_an_older_text_after_a_newer_one(self) -> None:
        latest: dict[tuple[str, str, str], int] = {}
        lines = {line.key: line for line in Delivery.objects.select_related("dispatch")}
        for key in Plain.got:
            line = lines[key]
            about = (line.dispatch.origin, *receiver(line))
            assert latest.get(about, 0) <= line.dispatch_id
            latest[about] = line.dispatch_id

    @invariant()
    def what_is_called_sent_has_arrived(self) -> None:
        confirmed = Delivery.objects.filter(state__in=OUT, reason__contains="confirmó que sí llegó")
        sent = Delivery.objects.filter(state__in=OUT).exclude(pk__in=confirmed.values("pk"))
        assert {line.key for line in sent} <= set(Plain.got)

    def teardown(self) -> None:
        try:
            self.all_comes_to_an_end()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def all_comes_to_an_end(self) -> None:
        """Once nothing goes wrong any more and nobody holds anything back, everything leaves by itself."""
        for dispatch in Dispatch.objects.exclude(paused_at=None):
            delivery.resume(dispatch)
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
        for name in ("nobody_gets_it_twice", "nobody_gets_an_older_text_after_a_newer_one"):
            getattr(self, name)()
        self.what_is_called_sent_has_arrived()


def receiver(line: Delivery) -> tuple[str, str]:
    return line.channel, line.destination


@pytest.fixture
def channels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_channels", {channel.kind: channel for channel in (Plain, Keyed)})
    yield
    SpokenChannel.forget()


def test_whatever_happens_the_ledger_tells_the_truth(channels: None) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    bounds = settings(
        max_examples=30,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=checks,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a failure small takes many minutes
    )
    run_state_machine_as_test(Fates, settings=bounds)
