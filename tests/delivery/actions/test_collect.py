"""What receivers write is done once and answered once, and the cursor moves only past what was done."""

from __future__ import annotations

import pytest

from factories.delivery import Hands, Killed, SpokenChannel, SubscriberFactory, live, run
from pregon.delivery import actions as delivery
from pregon.delivery.actions import collect
from pregon.delivery.contract import Arrival, Wish
from pregon.delivery.enums import Mode, Standing
from pregon.delivery.errors import Postponed
from pregon.delivery.models import ChannelAccount, Dispatch, Subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def came(wish: Wish, *, sender: str = "7", cursor: str = "2") -> None:
    SpokenChannel.arrivals.append(Arrival(sender=sender, name="Vecina", wish=wish, cursor=cursor))


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
