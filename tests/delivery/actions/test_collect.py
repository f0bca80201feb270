"""What receivers write is done once and answered once, and the cursor moves only past what was done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from factories.delivery import (
    NOON,
    Hands,
    Killed,
    SpokenChannel,
    SubscriberFactory,
    ask,
    came_to,
    live,
    prepare_all,
    run,
)
from pregon.delivery import actions as delivery
from pregon.delivery import ledger
from pregon.delivery.actions import collect
from pregon.delivery.contract import Arrival, Fate, Report, Wish
from pregon.delivery.enums import Mode, Standing, State
from pregon.delivery.errors import Postponed
from pregon.delivery.ledger import Outcome
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def came(wish: Wish, *, sender: str = "7", cursor: str = "2", at: datetime | None = None) -> None:
    SpokenChannel.arrivals.append(Arrival(sender=sender, name="Vecina", wish=wish, at=at, cursor=cursor))


def answers() -> list[str]:
    return list(Dispatch.objects.order_by("pk").values_list("headline", flat=True))


def test_who_writes_start_is_subscribed_and_welcomed(hands: Hands) -> None:
    live("spoken")
    came(Wish.SUBSCRIBE)
    assert delivery.collect_due(at=hands()) == 1
    SpokenChannel.arrivals.clear()
    run(hands)
    person = Subscriber.objects.get()
    assert (person.address, person.name, person.standing) == ("7", "Vecina", Standing.CONFIRMED)
    [welcome] = SpokenChannel.sent
    assert (welcome.message.headline, bool(welcome.preferences_url)) == ("Te damos la bienvenida", True)


def test_who_writes_baja_leaves_and_is_told_so(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory(address="7")
    came(Wish.LEAVE)
    delivery.collect_due(at=hands())
    run(hands)
    assert (Subscriber.objects.get().standing, [one.message.headline for one in SpokenChannel.sent]) == (
        Standing.LEFT,
        ["Te diste de baja"],
    )


def test_who_shuts_the_door_leaves_without_a_farewell(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory(address="7")
    came(Wish.BLOCK)
    delivery.collect_due(at=hands())
    assert (Subscriber.objects.get().standing, answers()) == (Standing.LEFT, [])


def test_leaving_without_having_come_is_nothing(hands: Hands) -> None:
    live("spoken")
    came(Wish.LEAVE)
    delivery.collect_due(at=hands())
    assert (Subscriber.objects.count(), answers()) == (0, [])


def test_the_offices_own_channel_cannot_be_left_from_inside_it(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory(address="7", broadcast=True)
    came(Wish.LEAVE)
    delivery.collect_due(at=hands())
    assert Subscriber.objects.get().standing == Standing.CONFIRMED


def test_the_next_question_goes_on_where_the_last_answer_ended(hands: Hands) -> None:
    live("spoken")
    came(Wish.NOTHING, cursor="41")
    came(Wish.NOTHING, cursor="42")
    delivery.collect_due(at=hands())
    delivery.collect_due(at=hands())
    assert SpokenChannel.asked_from == ["", "42"]


def test_a_wish_that_was_cut_off_is_done_the_next_time_and_answered_once(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    live("spoken")
    came(Wish.SUBSCRIBE)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(collect, "answer", die)
        delivery.collect_due(at=hands())
    assert (Subscriber.objects.count(), ChannelAccount.objects.get().cursor) == (0, "")
    for _time in range(2):
        delivery.collect_due(at=hands())
    assert (Subscriber.objects.count(), answers()) == (1, ["Te damos la bienvenida"])


def die(*arguments: object, **named: object) -> None:
    raise Killed


def test_asking_the_same_over_and_over_is_answered_once(hands: Hands) -> None:
    live("spoken")
    came(Wish.SUBSCRIBE)
    for _time in range(5):
        delivery.collect_due(at=hands())
        hands.forward(seconds=2)
    assert answers() == ["Te damos la bienvenida"]


def test_only_a_live_channel_is_asked(hands: Hands) -> None:
    ChannelAccount.objects.create(kind="spoken", mode=Mode.SANDBOX)
    delivery.collect_due(at=hands())
    assert SpokenChannel.asked_from == []


def test_a_channel_in_trouble_is_left_alone_for_a_while(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    live("spoken")

    def refuse(channel: SpokenChannel, cursor: str) -> list[Arrival]:
        channel.asked_from.append(cursor)
        raise Postponed("No contesta.")

    monkeypatch.setattr(SpokenChannel, "collect", refuse)
    delivery.collect_due(at=hands())
    delivery.collect_due(at=hands.forward(seconds=2))
    delivery.collect_due(at=hands.forward(seconds=40))
    account = ChannelAccount.objects.get()
    assert (len(SpokenChannel.asked_from), account.last_failure, account.last_failure_at) == (
        2,
        "No contesta.",
        hands(),
    )


def test_leaving_in_the_second_in_which_one_came_has_its_farewell(hands: Hands) -> None:
    live("spoken")
    for wish in (Wish.SUBSCRIBE, Wish.LEAVE, Wish.SUBSCRIBE):
        came(wish)
        delivery.collect_due(at=hands())
        SpokenChannel.arrivals.clear()
        hands.forward(milliseconds=100)
    assert answers() == ["Te damos la bienvenida", "Te diste de baja", "Te damos la bienvenida"]


# --- When they wrote ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrote_at", "heard_at"),
    [
        (None, NOON),
        (NOON - timedelta(minutes=1), NOON - timedelta(minutes=1)),
        (NOON - timedelta(hours=2), NOON - timedelta(hours=1)),
        (NOON + timedelta(minutes=5), NOON),
    ],
)
def test_somebody_was_heard_when_they_wrote_and_only_ever_later(
    wrote_at: datetime | None, heard_at: datetime, hands: Hands
) -> None:
    live("spoken")
    SubscriberFactory(address="7", last_heard_at=NOON - timedelta(hours=1))
    came(Wish.NOTHING, at=wrote_at)
    delivery.collect_due(at=hands())
    assert Subscriber.objects.get().last_heard_at == heard_at


def test_a_yes_that_was_written_before_a_no_changes_nothing(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory(address="7")
    came(Wish.LEAVE, at=NOON - timedelta(seconds=5))
    came(Wish.SUBSCRIBE, at=NOON - timedelta(seconds=6))
    delivery.collect_due(at=hands())
    assert (Subscriber.objects.get().standing, answers()) == (Standing.LEFT, ["Te diste de baja"])


def test_a_no_that_was_written_before_a_yes_changes_nothing(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory(address="7", confirmed_at=NOON - timedelta(seconds=5))
    for wish in (Wish.LEAVE, Wish.BLOCK, Wish.GONE):
        came(wish, at=NOON - timedelta(seconds=6))
    delivery.collect_due(at=hands())
    assert (Subscriber.objects.get().standing, answers()) == (Standing.CONFIRMED, [])


def test_who_is_no_more_is_gone_and_hears_nothing(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory(address="7")
    SubscriberFactory(address="8", broadcast=True)
    came(Wish.GONE)
    came(Wish.GONE, sender="8")
    delivery.collect_due(at=hands())
    standings = dict(Subscriber.objects.values_list("address", "standing"))
    assert (standings, answers()) == ({"7": Standing.GONE, "8": Standing.CONFIRMED}, [])


def test_an_answer_bears_the_name_of_what_it_answers(hands: Hands) -> None:
    live("spoken")
    SpokenChannel.arrivals.append(Arrival(sender="7", name="", wish=Wish.SUBSCRIBE, reference="carta 1"))
    delivery.collect_due(at=hands())
    run(hands)
    assert [one.message.answers for one in SpokenChannel.sent] == ["carta 1"]


# --- What became of a message -------------------------------------------------------------------------------


def line_that(state: State, **fields: Any) -> Delivery:
    SubscriberFactory()
    ask()
    prepare_all()
    line = Delivery.objects.get()
    settled = {} if state == State.LEASED else {"settled_at": NOON}
    came_to(state, line, **settled, **fields)
    return line


def told(**news: Any) -> tuple[str, str]:
    collect.record(Report(**news), channel="spoken", at=NOON)
    line = Delivery.objects.get()
    return line.state, line.reference


@pytest.mark.parametrize(
    ("state", "fate", "becomes"),
    [
        (State.UNCERTAIN, Fate.TAKEN, State.SENT),
        (State.UNCERTAIN, Fate.DELIVERED, State.DELIVERED),
        (State.UNCERTAIN, Fate.FAILED, State.FAILED),
        (State.SENT, Fate.TAKEN, State.SENT),
        (State.SENT, Fate.DELIVERED, State.DELIVERED),
        (State.DELIVERED, Fate.FAILED, State.DELIVERED),
        (State.DELIVERED, Fate.GONE, State.DELIVERED),
        (State.DELIVERED, Fate.COMPLAINT, State.DELIVERED),
        (State.DUE, Fate.DELIVERED, State.DUE),
    ],
)
def test_a_key_finds_the_line_and_its_state_only_moves_forward(
    state: State, fate: Fate, becomes: State
) -> None:
    line = line_that(state)
    assert told(fate=fate, key=line.key, reference="said:9")[0] == becomes


@pytest.mark.parametrize(("fate", "standing"), [(Fate.GONE, Standing.GONE), (Fate.COMPLAINT, Standing.LEFT)])
@pytest.mark.parametrize("by", ["reference", "destination"])
def test_what_arrived_may_be_called_spam_later_or_come_back(fate: Fate, standing: Standing, by: str) -> None:
    line = line_that(State.DELIVERED, reference="said:9")
    line.refresh_from_db()
    assert told(fate=fate, **{by: getattr(line, by)})[0] == State.DELIVERED
    assert Subscriber.objects.get().standing == standing


@pytest.mark.parametrize(
    ("fate", "becomes"), [(Fate.DELIVERED, State.DELIVERED), (Fate.FAILED, State.FAILED)]
)
def test_an_address_finds_its_last_line(fate: Fate, becomes: State) -> None:
    line = line_that(State.SENT)
    assert told(fate=fate, destination=f"otra-{line.destination}")[0] == State.SENT
    assert told(fate=fate, destination="")[0] == State.SENT
    assert told(fate=fate, destination=line.destination)[0] == becomes


@pytest.mark.parametrize("fate", [Fate.DELIVERED, Fate.FAILED, Fate.GONE])
def test_what_is_told_twice_of_an_address_changes_no_older_line(fate: Fate) -> None:
    older = line_that(State.SENT)
    ask()
    prepare_all()
    newer = Delivery.objects.exclude(pk=older.pk).get()
    came_to(State.SENT, newer)
    ask()
    prepare_all()
    for _time in range(2):
        collect.record(Report(fate=fate, destination=older.destination), channel="spoken", at=NOON)
    said = State.DELIVERED if fate == Fate.DELIVERED else State.FAILED
    states = list(Delivery.objects.order_by("pk").values_list("state", flat=True)[:2])
    assert states == [State.SENT, said]


def test_a_line_in_doubt_gets_the_number_of_its_message_from_the_news_of_it() -> None:
    line = line_that(State.UNCERTAIN, reason="El envío se interrumpió antes de saber si llegó.")
    assert told(fate=Fate.TAKEN, key=line.key, reference="said:9") == (State.SENT, "said:9")
    assert Delivery.objects.get().reason == ""


@pytest.mark.parametrize("said", ["", "said:later"])
def test_news_does_not_change_the_number_by_which_the_receiver_knows_the_message(said: str) -> None:
    """A correction answers that one."""
    line = line_that(State.SENT, reference="said:first")
    assert told(fate=Fate.DELIVERED, key=line.key, reference=said) == (State.DELIVERED, "said:first")


@pytest.mark.parametrize(
    ("fate", "becomes"), [(Fate.DELIVERED, State.DELIVERED), (Fate.FAILED, State.FAILED)]
)
def test_news_may_come_before_the_answer(fate: Fate, becomes: State) -> None:
    """The provider has said it once, and will not say it again when our line is ready for it."""
    line = line_that(State.LEASED, claim=7, lease_until=NOON, attempted_at=NOON)
    assert told(fate=fate, key=line.key) == (State.LEASED, "")
    assert told(fate=fate, key=line.key, reference="said:9") == (becomes, "said:9")
    ledger.settle([(line, Outcome(state=State.SENT, reference="said:9"))], claim=7, at=NOON)
    assert Delivery.objects.values_list("state", "claim").get() == (becomes, None)


def test_what_no_database_keeps_holds_up_nothing(hands: Hands) -> None:
    live("spoken")
    line = line_that(State.SENT, reference="said:9")
    SpokenChannel.arrivals.append(Report(fate=Fate.FAILED, reference="said:\x009", cursor="3"))
    came(Wish.SUBSCRIBE, cursor="4")
    delivery.collect_due(at=hands())
    line.refresh_from_db()
    assert (line.state, ChannelAccount.objects.get().cursor) == (State.FAILED, "4")


def test_a_fault_in_what_one_says_holds_up_nobody_behind_it(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    live("spoken")
    came(Wish.SUBSCRIBE, sender="x" * 5_000, cursor="3")
    came(Wish.SUBSCRIBE, sender="7", cursor="4")
    follow = collect.follow

    def stumbling(event: Arrival | Report, *, channel: str, at: datetime) -> None:
        if isinstance(event, Arrival) and len(event.sender) > 1_000:
            raise ValueError("nobody foresaw this")
        follow(event, channel=channel, at=at)

    monkeypatch.setattr(collect, "follow", stumbling)
    delivery.collect_due(at=hands())
    assert (Subscriber.objects.get().address, ChannelAccount.objects.get().cursor) == ("7", "4")


def test_what_comes_while_the_database_is_away_is_heard_again(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(event: Arrival | Report, *, channel: str, at: datetime) -> None:
        raise OperationalError

    live("spoken")
    came(Wish.SUBSCRIBE, cursor="3")
    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(collect, "follow", away)
        delivery.collect_due(at=hands())
    assert ChannelAccount.objects.get().cursor == ""
    delivery.collect_due(at=hands())
    assert (Subscriber.objects.get().address, ChannelAccount.objects.get().cursor) == ("7", "3")


def test_a_channel_that_is_heard_again_is_in_no_trouble(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(self: SpokenChannel, cursor: str) -> list[Arrival]:
        raise Postponed("No contesta.")

    account = live("spoken")
    with monkeypatch.context() as patch:
        patch.setattr(SpokenChannel, "collect", deaf)
        delivery.collect_due(at=hands())
    account.refresh_from_db()
    assert account.trouble == "No contesta."
    delivery.collect_due(at=hands.forward(minutes=1))
    account.refresh_from_db()
    assert account.trouble == ""


def test_a_line_that_nobody_handed_over_yet_has_no_news() -> None:
    line = line_that(State.LEASED, claim=7, lease_until=NOON)
    assert told(fate=Fate.DELIVERED, key=line.key, reference="said:9")[0] == State.LEASED


@pytest.mark.parametrize("key", ["otra", "1", "1-x", "9-9"])
def test_a_key_that_is_not_ours_finds_nothing_else(key: str) -> None:
    line = line_that(State.SENT, reference="said:9")
    assert told(fate=Fate.DELIVERED, key=key, reference="said:9", destination=line.destination) == (
        State.SENT,
        "said:9",
    )
