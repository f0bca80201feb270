"""Nothing leaves twice, nothing is lost, and what nobody can know is shown to a person."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.delivery import (
    NOON,
    Hands,
    Killed,
    PictorialChannel,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    message,
    picture,
    prepare_all,
    run,
    said_to,
    video,
)
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import registry
from pregon.delivery.actions import deliver
from pregon.delivery.actions.claim import DEADLY, claim
from pregon.delivery.contract import Receipt
from pregon.delivery.enums import STEPS, MessageKind, Mode, Standing, State
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.models import ChannelAccount, Delivery, Subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def states() -> dict[str, str]:
    return dict(Delivery.objects.order_by("pk").values_list("destination", "state"))


def the_line() -> Delivery:
    return Delivery.objects.get()


# --- The plain way ------------------------------------------------------------------------------------------


def test_every_receiver_gets_it_once_and_the_ledger_says_so(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(3)
    ask()
    run(hands, turns=3)
    assert said_to() == [person.address for person in people]
    assert set(states().values()) == {"sent"}
    line = Delivery.objects.first()
    assert line is not None
    assert (line.reference, line.attempts, line.lease_until, line.attempted_at, line.settled_at) == (
        f"said:{line.key}",
        1,
        None,
        None,
        NOON,
    )


def test_what_one_person_asked_for_goes_before_what_many_receive(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(3)
    ask()
    prepare_all()
    waiting = SubscriberFactory(standing=Standing.PENDING)
    ask(message(MessageKind.SERVICE), subscribers=(waiting.pk,), at=hands.forward(minutes=5))
    prepare_all(at=hands())
    delivery.deliver_on(Lane.NOW, "spoken", now=hands, size=2)
    assert said_to()[0] == waiting.address


def test_a_batch_that_takes_long_gives_back_what_it_has_not_begun(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "TURN", 0.05)
    live("spoken")
    people = SubscriberFactory.create_batch(4)
    SpokenChannel.script[people[0].address] = [lambda: time.sleep(0.06)]
    ask()
    prepare_all()
    assert delivery.deliver_on(Lane.NOW, "spoken", now=hands) == 4
    rest = Delivery.objects.exclude(state=State.SENT)
    assert (said_to(), set(rest.values_list("state", "attempts", "due_at", "claim"))) == (
        [people[0].address],
        {(State.DUE, 0, NOON, None)},
    )
    run(hands)
    assert said_to() == [person.address for person in people]


def test_what_is_left_for_a_person_to_do_stands_with_the_line(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    ask()
    with pytest.MonkeyPatch.context() as patch:
        receipt = Receipt(reference="9", url="https://red.example/9", todo="Bórralo a mano.")
        patch.setattr(SpokenChannel, "send", lambda channel, parcel: receipt)
        run(hands)
    line = the_line()
    assert (line.state, line.url, line.reason) == (State.SENT, receipt.url, receipt.todo)


def test_a_person_gets_links_of_their_own_and_the_offices_channel_gets_none(hands: Hands) -> None:
    live("spoken")
    person, office = SubscriberFactory(), SubscriberFactory(broadcast=True)
    ask()
    run(hands)
    personal, public = SpokenChannel.sent
    assert (personal.destination, bool(personal.preferences_url), personal.confirm_url) == (
        person.address,
        True,
        "",
    )
    assert (public.destination, public.preferences_url, public.unsubscribe_url) == (office.address, "", "")


def test_an_alert_overtakes_a_full_bulk_lane(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(3)
    ask(message(headline="Síntesis"), lane=Lane.BULK)
    ask(message(headline="Alerta"), lane=Lane.ALERT, origin="newsroom.alert/1")
    run(hands, lane=Lane.ALERT)
    assert [parcel.message.headline for parcel in SpokenChannel.sent] == ["Alerta"] * 3
    run(hands, lane=Lane.BULK)
    assert [parcel.urgent for parcel in SpokenChannel.sent] == [True] * 3 + [False] * 3


@pytest.mark.parametrize("people", [1, 3])
def test_the_questions_for_a_batch_do_not_grow_with_it(people: int, hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(people)
    ask()
    prepare_all()
    with CaptureQueriesContext(connection) as queries:
        delivery.deliver_due(Lane.NOW, now=hands)
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # What became of the last one, and that it goes now if they may still receive it: in one message on PostgreSQL.
    per_line, others = (1, 12) if connection.vendor == "postgresql" else (2, 11)
    assert len(asked) - people * per_line == others


# --- A photo in the making ----------------------------------------------------------------------------------


def photo_baked() -> Path:
    return django_settings.HOME.baked / picture().path


@pytest.fixture
def pictorial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._channels, "pictorial", PictorialChannel)
    live("pictorial")
    SubscriberFactory(channel="pictorial")


def test_a_channel_that_uploads_the_picture_waits_for_it_without_losing_a_try(
    hands: Hands, pictorial: None
) -> None:
    ask(message(picture=picture()))
    run(hands)
    waiting = the_line()
    assert (waiting.state, waiting.attempts, waiting.due_at) == ("due", 0, NOON + deliver.BLINK)
    photo_baked().parent.mkdir(parents=True, exist_ok=True)
    photo_baked().write_bytes(b"foto")
    try:
        hands.forward(milliseconds=300)
        run(hands)
    finally:
        photo_baked().unlink()
    assert the_line().state == "sent"


def test_it_waits_for_the_offices_own_video_and_for_none_that_is_kept_elsewhere(
    hands: Hands, pictorial: None
) -> None:
    ask(message(video=video(path="")))
    run(hands)
    first = the_line().state
    Delivery.objects.all().delete()
    ask(message(video=video()))
    run(hands)
    assert (first, the_line().state) == ("sent", "due")


def test_it_does_not_wait_long_for_a_photo_that_never_comes(hands: Hands, pictorial: None) -> None:
    ask(message(picture=picture()))
    hands.forward(seconds=11)
    run(hands)
    assert the_line().state == "sent"


def test_a_channel_that_only_points_to_the_picture_never_waits(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    ask(message(picture=picture()))
    run(hands)
    assert the_line().state == "sent"


# --- Two workers, and one that dies -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_nothing_twice() -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(60)
    ask()
    prepare_all()
    ready = threading.Barrier(2)

    def work() -> None:
        try:
            ready.wait()
            while delivery.deliver_due(Lane.NOW, now=Hands(), size=7):
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(said_to()) == sorted(person.address for person in people)
    assert set(states().values()) == {"sent"}


def kill_in_the_act(kind: str, hands: Hands) -> Delivery:
    live(kind)
    person = SubscriberFactory(channel=kind)
    ask()
    SpokenChannel.script[person.address] = [Killed()]
    with pytest.raises(Killed):
        run(hands)
    hands.forward(minutes=10)
    delivery.deliver_due(Lane.NOW, now=hands)
    return the_line()


def test_a_worker_killed_in_the_act_leaves_a_line_in_doubt_where_the_provider_knows_no_keys(
    hands: Hands,
) -> None:
    line = kill_in_the_act("spoken", hands)
    assert (line.state, len(said_to())) == (State.UNCERTAIN, 1)


def test_a_worker_killed_in_the_act_is_followed_by_the_same_key_where_the_provider_knows_it(
    hands: Hands,
) -> None:
    line = kill_in_the_act("keyed", hands)
    assert (line.state, len(said_to()), len({parcel.key for parcel in SpokenChannel.sent})) == (
        State.SENT,
        2,
        1,
    )


def test_a_line_that_kills_every_worker_is_shown_to_a_person(hands: Hands) -> None:
    live("keyed")
    person = SubscriberFactory(channel="keyed")
    ask()
    prepare_all()
    SpokenChannel.script[person.address] = [Killed() for _time in range(20)]
    for _time in range(DEADLY):
        with pytest.raises(Killed):
            delivery.deliver_due(Lane.NOW, now=hands)
        hands.forward(minutes=10)
    delivery.deliver_due(Lane.NOW, now=hands)
    assert (the_line().state, len(said_to())) == (State.UNCERTAIN, DEADLY)


def test_a_worker_killed_before_the_act_loses_nothing(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    ask()
    prepare_all()
    claim(Lane.NOW, "spoken", at=hands(), size=50)
    assert delivery.deliver_due(Lane.NOW, now=hands) == 0
    hands.forward(minutes=2)
    delivery.deliver_due(Lane.NOW, now=hands)
    assert (the_line().state, len(said_to())) == (State.SENT, 1)


def test_a_worker_that_was_too_slow_keeps_its_hands_off_what_another_one_took(hands: Hands) -> None:
    live("spoken")
    first, second = SubscriberFactory.create_batch(2)
    ask()
    prepare_all()

    def dawdle() -> None:
        hands.forward(minutes=2)
        delivery.deliver_due(Lane.NOW, now=Hands(hands()))

    SpokenChannel.script[first.address] = [dawdle]
    delivery.deliver_due(Lane.NOW, now=hands)
    assert said_to() == [first.address, second.address]
    assert set(states().values()) == {"sent"}


def test_a_yes_that_comes_after_the_line_was_given_up_for_lost_still_counts(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    ask()
    prepare_all()

    def dawdle() -> None:
        hands.forward(minutes=20)
        delivery.deliver_due(Lane.NOW, now=Hands(hands()))
        assert the_line().state == State.UNCERTAIN

    SpokenChannel.script[person.address] = [dawdle]
    delivery.deliver_due(Lane.NOW, now=hands)
    assert (the_line().state, len(said_to())) == (State.SENT, 1)


# --- What the provider answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind", "state"),
    [
        (Rejected(), "spoken", State.FAILED),
        (DestinationGone(), "spoken", State.FAILED),
        (Unanswered(), "spoken", State.UNCERTAIN),
        (Unanswered(), "keyed", State.DUE),
        (Postponed(), "spoken", State.DUE),
        (Postponed(whole=True), "spoken", State.DUE),
        (Misconfigured(), "spoken", State.DUE),
    ],
)
def test_each_answer_has_its_state(answer: Exception, kind: str, state: State, hands: Hands) -> None:
    live(kind)
    person = SubscriberFactory(channel=kind)
    ask()
    SpokenChannel.script[person.address] = [answer]
    run(hands)
    assert (the_line().state, the_line().reason) == (state, str(answer))


def test_an_address_that_is_gone_receives_nothing_any_more(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    SpokenChannel.script[person.address] = [DestinationGone()]
    ask()
    run(hands)
    ask(origin="newsroom.bulletin/2")
    run(hands)
    assert (Subscriber.objects.get().standing, len(said_to())) == (Standing.GONE, 1)


def burn(hands: Hands, people: list[Subscriber]) -> None:
    """Every address of ``people`` is said to be no more, once."""
    SpokenChannel.script.update({person.address: [DestinationGone("550 5.1.1")] for person in people})
    ask()
    run(hands)


def test_a_provider_that_says_of_everybody_that_they_are_no_more_is_not_believed(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(30)
    burn(hands, people)
    trouble = ChannelAccount.objects.get().trouble
    assert "su dirección no existe" in trouble
    assert set(Subscriber.objects.values_list("standing", flat=True)) == {Standing.CONFIRMED}
    assert set(Delivery.objects.values_list("state", "reason")) == {(State.DUE, trouble)}
    assert len(said_to()) < 30
    SpokenChannel.script.clear()
    hands.forward(minutes=6)
    run(hands)
    assert set(states().values()) == {"sent"}


def test_a_doubt_undoes_what_was_written_before_it(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "FRESH", -1)
    live("spoken")
    burn(hands, SubscriberFactory.create_batch(30))
    assert set(Subscriber.objects.values_list("standing", "left_at")) == {(Standing.CONFIRMED, None)}


def test_a_list_with_some_dead_addresses_is_believed(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(30)
    burn(hands, people[::2])
    assert Subscriber.objects.filter(standing=Standing.GONE).count() == 15
    assert not ChannelAccount.objects.get().trouble


def test_who_had_left_is_not_made_into_somebody_who_bounced(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory(standing=Standing.LEFT)
    SpokenChannel.script[person.address] = [DestinationGone()]
    ask(message(MessageKind.SERVICE), subscribers=(person.pk,))
    run(hands)
    assert (len(said_to()), Subscriber.objects.get().standing) == (1, Standing.LEFT)


def test_a_line_of_an_address_that_is_no_more_says_so(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    ask()
    prepare_all()
    Subscriber.objects.update(standing=Standing.GONE)
    run(hands)
    assert (the_line().state, the_line().reason) == (State.SUPPRESSED, "Su dirección ya no recibe.")


def test_the_offices_own_channel_is_not_given_up_with_one_refusal(hands: Hands) -> None:
    live("spoken")
    office = SubscriberFactory(broadcast=True)
    SpokenChannel.script[office.address] = [DestinationGone()]
    ask()
    run(hands)
    assert Subscriber.objects.get().standing == Standing.CONFIRMED


def test_a_postponed_line_waits_twice_as_long_each_time(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    SpokenChannel.script[person.address] = [Postponed(wait=timedelta(seconds=1)) for _time in range(3)]
    ask()
    waits = []
    for _time in range(3):
        run(hands)
        waits.append((the_line().due_at - hands()).total_seconds())
        hands.at = the_line().due_at
    assert waits == [30.0, 60.0, 120.0]


def test_a_postponed_line_waits_as_long_as_the_provider_asks(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    SpokenChannel.script[person.address] = [Postponed(wait=timedelta(hours=2))]
    ask()
    run(hands)
    assert the_line().due_at == NOON + timedelta(hours=2)


def test_trying_ends_after_a_day(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    SpokenChannel.script[person.address] = [Postponed("Hoy no.") for _time in range(100)]
    ask()
    while run(hands):
        hands.at = max(hands(), the_line().due_at)
    assert (the_line().state, the_line().reason) == (State.FAILED, "Hoy no. Se dejó de intentar.")
    assert timedelta(hours=24) < hands() - NOON < timedelta(hours=26)


def test_a_shorter_trouble_cuts_no_longer_rest(hands: Hands) -> None:
    account = live("spoken")
    for hours in (1, 0):
        deliver.note_trouble(account, Postponed(wait=timedelta(hours=hours), whole=True), at=hands())
    assert ChannelAccount.objects.get().busy_until == NOON + timedelta(hours=1)


def test_a_provider_that_asks_all_to_wait_holds_the_others_without_costing_them_a_try(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(3)
    SpokenChannel.script[people[0].address] = [Postponed(wait=timedelta(seconds=7), whole=True)]
    ask()
    run(hands)
    ask(lane=Lane.ALERT, origin="newsroom.alert/1")
    run(hands, lane=Lane.ALERT)
    assert (len(said_to()), ChannelAccount.objects.get().busy_until) == (1, NOON + timedelta(seconds=7))
    hands.forward(seconds=8)
    run(hands)
    assert set(Delivery.objects.filter(lane=Lane.NOW).values_list("state", "attempts")) == {
        ("sent", 1),
        ("sent", 2),
    }


def test_a_newer_answer_takes_the_place_of_an_older_trouble(hands: Hands) -> None:
    account = live("spoken")
    account.last_failure, account.last_failure_at = "La clave no sirve.", NOON
    account.save()
    person = SubscriberFactory()
    SpokenChannel.script[person.address] = [Postponed("451 Ocupado.")]
    ask()
    run(hands)
    account.refresh_from_db()
    assert (account.trouble, account.busy_until) == ("451 Ocupado.", None)


@pytest.mark.parametrize(("people", "trouble"), [(19, ""), (20, "451 Ocupado.")])
def test_a_provider_that_puts_many_off_is_in_trouble_and_one_server_alone_is_not(
    people: int, trouble: str, hands: Hands
) -> None:
    live("spoken")
    for person in SubscriberFactory.create_batch(people):
        SpokenChannel.script[person.address] = [Postponed("451 Ocupado.")]
    ask()
    run(hands)
    assert ChannelAccount.objects.get().trouble == trouble


def test_wrong_settings_stop_the_channel_and_lose_nothing(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(3)
    SpokenChannel.script[people[0].address] = [Misconfigured("La clave cambió."), Misconfigured()]
    ask()
    run(hands)
    account = ChannelAccount.objects.get()
    assert (set(states().values()), len(said_to()), account.last_failure) == ({"due"}, 1, "La clave cambió.")
    hands.forward(days=30)  # they wait for us, so they wait without end
    run(hands)
    assert set(states().values()) == {"due"}
    hands.forward(minutes=2)
    run(hands)
    assert set(states().values()) == {"sent"}


def test_a_provider_that_lets_nobody_in_is_given_up_after_a_day(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(2)
    SpokenChannel.script[people[0].address] = [Postponed("No hay paso.", whole=True) for _time in range(2)]
    ask()
    run(hands)
    assert set(states().values()) == {"due"}
    hands.forward(days=2)
    run(hands)
    assert set(Delivery.objects.values_list("state", "reason")) == {
        (State.FAILED, "No hay paso. Se dejó de intentar.")
    }


@pytest.mark.django_db(transaction=True)
def test_what_was_answered_is_kept_until_it_can_be_written(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, troubles = deliver.ledger.write, [OperationalError()]

    def stumble(outcomes: Any, *args: Any, **said: Any) -> Any:
        if outcomes and troubles:
            raise troubles.pop()
        return write(outcomes, *args, **said)

    monkeypatch.setattr(deliver.ledger, "write", stumble)
    live("spoken")
    gone, other = SubscriberFactory.create_batch(2)
    SpokenChannel.script[gone.address] = [DestinationGone()]
    ask()
    run(hands)
    gone.refresh_from_db()
    assert (troubles, states()) == ([], {gone.address: "failed", other.address: "sent"})
    assert (gone.standing, said_to()) == (Standing.GONE, [gone.address, other.address])


def test_a_fault_in_a_channel_leaves_one_doubt_and_gives_the_others_back(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(3)
    SpokenChannel.script[people[0].address] = [RuntimeError()]
    ask()
    run(hands)
    assert list(states().values()) == ["uncertain", "due", "due"]
    run(hands)  # at once: nobody waits until a lease has run out
    assert list(states().values()) == ["uncertain", "sent", "sent"]


def test_a_pace_of_sixty_a_minute_is_kept_over_all_lanes(hands: Hands) -> None:
    live("paced")
    SubscriberFactory.create_batch(80, channel="paced")
    ask()
    sent_by_second = [0]
    for _second in range(80):
        run(hands)
        sent_by_second.append(len(said_to()))
        hands.forward(seconds=1)
    busiest = max(late - early for early, late in zip(sent_by_second, sent_by_second[60:], strict=False))
    assert (sent_by_second[-1], busiest) == (80, 60)


# --- Who does not receive -----------------------------------------------------------------------------------


def test_who_left_meanwhile_receives_nothing(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    ask()
    prepare_all()
    delivery.leave(person, at=hands())
    run(hands)
    assert (the_line().state, said_to()) == (State.SUPPRESSED, [])


def test_who_left_and_was_asked_for_again_by_a_stranger_receives_no_news(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    ask()
    prepare_all()
    delivery.leave(person, at=hands())
    delivery.ask_to_subscribe(person.address, channel="spoken", consent="Sí.", at=hands())
    run(hands)
    assert [parcel.message.kind for parcel in SpokenChannel.sent] == [MessageKind.SERVICE]


def test_a_subscription_deleted_meanwhile_receives_nothing(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    ask()
    prepare_all()
    person.delete()
    run(hands)
    assert (the_line().state, said_to()) == (State.SUPPRESSED, [])


def test_a_channel_switched_off_withholds(hands: Hands) -> None:
    account = live("spoken")
    SubscriberFactory()
    ask()
    prepare_all()
    account.mode = Mode.OFF
    account.save()
    run(hands)
    assert (the_line().state, said_to()) == (State.WITHHELD, [])


# --- Sandbox ------------------------------------------------------------------------------------------------


def outbox(kind: str) -> list[Path]:
    return sorted((django_settings.HOME.outbox / kind).glob("*"))


def test_a_channel_nobody_set_up_keeps_what_would_have_left(hands: Hands) -> None:
    person = SubscriberFactory()
    before = set(outbox("spoken"))
    asked = ask(message(headline="Aviso"))
    run(hands)
    [kept] = set(outbox("spoken")) - before
    assert (the_line().state, said_to(), kept.read_text()) == (State.WITHHELD, [], "Aviso")
    assert kept.name.startswith(f"{asked.pk:06d}-{the_line().pk:09d}-{person.address.partition('@')[0]}")


def test_a_rehearsal_keeps_nothing_for_who_left_meanwhile(hands: Hands) -> None:
    staying, leaving = SubscriberFactory.create_batch(2)
    before = set(outbox("spoken"))
    ask()
    prepare_all()
    delivery.leave(leaving, at=hands())
    run(hands)
    assert states() == {staying.address: "withheld", leaving.address: "suppressed"}
    assert len(set(outbox("spoken")) - before) == 1


def test_an_address_on_the_allow_list_receives_although_the_channel_is_in_sandbox(hands: Hands) -> None:
    allowed, other = SubscriberFactory.create_batch(2)
    ask()
    with override_settings(PREGON_ALLOW_LIST=[allowed.address.upper()]):
        run(hands)
    assert said_to() == [allowed.address]
    assert states() == {allowed.address: "sent", other.address: "withheld"}


# --- Corrections and withdrawals ----------------------------------------------------------------------------


def follow(kind: MessageKind, *earlier: int) -> None:
    ask(message(kind, notice="Eran dieciocho."), receivers_of=earlier)


def test_a_correction_reaches_exactly_who_had_received_and_names_what_they_got(hands: Hands) -> None:
    live("spoken")
    received, refused, left = SubscriberFactory.create_batch(3)
    SpokenChannel.script[refused.address] = [Rejected()]
    first = ask()
    run(hands)
    delivery.leave(left, at=hands())
    SubscriberFactory()  # came later
    first_lines = dict(first.deliveries.values_list("destination", "reference"))
    SpokenChannel.sent.clear()
    follow(MessageKind.CORRECTION, first.pk)
    run(hands)
    assert [(parcel.destination, parcel.in_reply_to) for parcel in SpokenChannel.sent] == [
        (received.address, first_lines[received.address])
    ]


def test_a_second_correction_answers_the_first(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    first = ask()
    run(hands)
    second = ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,))
    run(hands)
    follow(MessageKind.CORRECTION, first.pk, second.pk)
    run(hands)
    assert [parcel.in_reply_to for parcel in SpokenChannel.sent] == [
        "",
        f"said:{SpokenChannel.sent[0].key}",
        f"said:{SpokenChannel.sent[1].key}",
    ]
    assert [parcel.before for parcel in SpokenChannel.sent] == [None, first.message, second.message]


def test_who_still_waits_gets_the_corrected_text_and_never_the_wrong_one(hands: Hands) -> None:
    live("spoken")
    waiting = SubscriberFactory()
    SpokenChannel.script[waiting.address] = [Postponed()]
    first = ask(message(headline="Dieciséis luminarias"))
    run(hands)
    SpokenChannel.sent.clear()
    ask(message(MessageKind.CORRECTION, headline="Dieciocho luminarias"), receivers_of=(first.pk,))
    run(hands)
    hands.forward(hours=2)
    run(hands)
    assert [parcel.message.headline for parcel in SpokenChannel.sent] == ["Dieciocho luminarias"]
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["suppressed", "sent"]


def test_a_correction_stops_the_wrong_text_in_the_middle_of_a_batch(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "FRESH", -1)  # what is newer is looked for before each
    live("spoken")
    served, waiting = SubscriberFactory.create_batch(2)
    wrong = ask()

    def correct() -> None:
        follow(MessageKind.CORRECTION, wrong.pk)
        prepare_all()

    SpokenChannel.script[served.address] = [correct]
    run(hands, turns=2)
    assert [(parcel.destination, parcel.message.kind) for parcel in SpokenChannel.sent] == [
        (served.address, MessageKind.NEWS),
        (served.address, MessageKind.CORRECTION),
        (waiting.address, MessageKind.CORRECTION),
    ]
    stopped = wrong.deliveries.get(destination=waiting.address)
    assert (stopped.state, stopped.reason) == (
        State.SUPPRESSED,
        "Antes de que saliera se corrigió o se retiró.",
    )


def test_what_was_withdrawn_never_leaves_and_who_never_had_it_is_not_told(hands: Hands) -> None:
    live("spoken")
    waiting = SubscriberFactory()
    SpokenChannel.script[waiting.address] = [Postponed()]
    first = ask()
    run(hands)
    SpokenChannel.sent.clear()
    follow(MessageKind.WITHDRAWAL, first.pk)
    run(hands)
    hands.forward(hours=2)
    run(hands)
    assert (said_to(), states()) == ([], {waiting.address: "suppressed"})


def test_a_rehearsal_is_followed_by_nothing_once_the_channel_is_live(hands: Hands) -> None:
    SubscriberFactory()
    first = ask()
    run(hands)
    live("spoken")
    follow(MessageKind.CORRECTION, first.pk)
    run(hands)
    assert (said_to(), Delivery.objects.count()) == ([], 1)


# --- Every step is a legal one ------------------------------------------------------------------------------

ANSWERS = st.sampled_from(
    [
        None,
        Rejected(),
        DestinationGone(),
        Unanswered(),
        Postponed(),
        Postponed(whole=True),
        Misconfigured(),
        Killed(),
    ]
)


WHENEVER = "AFTER UPDATE OF state ON delivery_delivery FOR EACH ROW WHEN (OLD.state <> NEW.state)"
TRIGGERS = {
    "sqlite": [
        f"CREATE TEMP TRIGGER step_taken {WHENEVER} BEGIN INSERT INTO step VALUES (OLD.state, NEW.state); END"
    ],
    "postgresql": [
        (
            "CREATE FUNCTION pg_temp.note_step() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN INSERT INTO pg_temp.step VALUES (OLD.state, NEW.state); RETURN NEW; END'"
        ),
        f"CREATE TRIGGER step_taken {WHENEVER} EXECUTE FUNCTION pg_temp.note_step()",
    ],
}


@pytest.fixture
def steps() -> list[tuple[str, str]]:
    """Every change of state that the database sees from now on; gone with the transaction of the test."""
    with connection.cursor() as cursor:
        for statement in ["CREATE TEMP TABLE step (was TEXT, becomes TEXT)", *TRIGGERS[connection.vendor]]:
            cursor.execute(statement)
    return []


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    kind=st.sampled_from(["spoken", "keyed", "paced"]),
    answers=st.lists(st.lists(ANSWERS, max_size=4), min_size=1, max_size=3),
    moves=st.lists(st.sampled_from(["turn", "hour", "leave", "off", "stop", "correct"]), max_size=8),
)
def test_every_step_a_line_takes_is_in_the_table(
    kind: str, answers: list[list[Exception | None]], moves: list[str], steps: list[tuple[str, str]]
) -> None:
    for table in (Delivery, ChannelAccount, Subscriber):
        table.objects.all().delete()
    hands, account = Hands(), live(kind)
    SpokenChannel.forget()
    people = [SubscriberFactory(channel=kind) for _one in answers]
    for person, planned in zip(people, answers, strict=True):
        SpokenChannel.script[person.address] = [step for step in planned if step is not None]
    first = ask()
    for move in [*moves, "turn", "hour", "turn"]:
        try:
            match move:
                case "turn":
                    run(hands)
                case "hour":
                    hands.forward(hours=1)
                case "leave":
                    delivery.leave(people[0], at=hands())
                case "off":
                    account.mode = Mode.OFF
                    account.save()
                case "stop":
                    delivery.stop(type(first).objects.filter(pk=first.pk), reason="Se retiró.", at=hands())
                case "correct":
                    follow(MessageKind.CORRECTION, first.pk)
        except Killed:
            hands.forward(minutes=10)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT was, becomes FROM step")
        taken = set(cursor.fetchall())
    assert {(was, becomes) for was, becomes in taken if State(becomes) not in STEPS[State(was)]} == set()
    assert Delivery.objects.filter(state=State.LEASED, lease_until__isnull=True).count() == 0
