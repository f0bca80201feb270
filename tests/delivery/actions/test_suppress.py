"""Who must not be written to is known by a mark alone, and comes back only by asking and confirming."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    prepare_all,
    run,
    said_to,
)
from pregon.delivery import actions as delivery
from pregon.delivery.actions.suppress import bounced, note, note_gone, write_again
from pregon.delivery.enums import Reason, Standing, State
from pregon.delivery.links import holder_of
from pregon.delivery.models import Delivery, Subscriber, Suppression
from pregon.delivery.queries import is_suppressed

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

ADDRESS = "vecina@muestra.example"


@pytest.mark.parametrize(
    ("reason", "standing"), [(Reason.COMPLAINT, Standing.LEFT), (Reason.GONE, Standing.GONE)]
)
def test_who_is_suppressed_has_left_at_once(reason: Reason, standing: Standing) -> None:
    SubscriberFactory.create(address=ADDRESS)
    for _time in range(2):
        delivery.suppress("spoken", ADDRESS, reason=reason, at=NOON)
    person, noted = Subscriber.objects.get(), Suppression.objects.get()
    assert (person.standing, person.left_at, noted.reason, noted.at) == (standing, NOON, reason, NOON)
    assert ADDRESS not in (noted.mark, str(noted))


def test_an_address_that_nobody_subscribed_may_be_suppressed_too() -> None:
    delivery.suppress("spoken", ADDRESS, reason=Reason.MANUAL, at=NOON)
    assert [
        is_suppressed(channel, address)
        for channel, address in (("spoken", ADDRESS), ("spoken", ADDRESS.upper()), ("keyed", ADDRESS))
    ] == [True, True, False]


def test_a_channel_of_the_office_is_nobodys_to_silence() -> None:
    SubscriberFactory.create(address=ADDRESS, broadcast=True)
    delivery.suppress("spoken", ADDRESS, reason=Reason.MANUAL, at=NOON)
    assert Subscriber.objects.get().standing == Standing.CONFIRMED


def test_nothing_goes_to_a_suppressed_address_whatever_else_its_row_says(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create(address=ADDRESS)
    ask()
    prepare_all()
    note("spoken", ADDRESS, reason=Reason.COMPLAINT, at=hands())
    run(hands)
    assert (said_to(), Delivery.objects.get().state) == ([], State.SUPPRESSED)
    ask()
    run(hands)
    assert Delivery.objects.count() == 1


def test_who_asks_again_and_confirms_is_back(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create(address=ADDRESS)
    delivery.suppress("spoken", ADDRESS, reason=Reason.COMPLAINT, at=hands())
    delivery.ask_to_subscribe(ADDRESS, channel="spoken", consent="Sí.", at=hands.forward(days=1))
    run(hands)
    [letter] = SpokenChannel.sent
    assert Suppression.objects.count() == 1  # asking alone, which anybody can do for anybody, lifts nothing
    token = letter.confirm_url.rstrip("/").rpartition("/")[2]
    delivery.confirm(holder_of(token, purpose="confirm"), at=hands())
    ask()
    run(hands)
    assert (Suppression.objects.count(), said_to()) == (0, [ADDRESS, ADDRESS])


def test_an_address_that_is_gone_is_noted_and_its_days_begin() -> None:
    for _one in range(2):
        SubscriberFactory.create(standing=Standing.GONE)
    SubscriberFactory.create(standing=Standing.GONE, broadcast=True)
    assert [note_gone(at=NOON), note_gone(at=NOON)] == [2, 0]
    noted = Suppression.objects.values_list("reason", "at")
    assert (list(noted), Subscriber.objects.filter(left_at=NOON).count()) == ([(Reason.GONE, NOON)] * 2, 2)


def test_a_change_of_the_offices_key_forgets_nobody_while_the_old_one_is_kept(settings: Settings) -> None:
    delivery.suppress("spoken", ADDRESS, reason=Reason.MANUAL, at=NOON)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "otra" * 20
    assert is_suppressed("spoken", ADDRESS)
    delivery.confirm(SubscriberFactory.create(address=ADDRESS, standing=Standing.PENDING), at=NOON)
    assert not is_suppressed("spoken", ADDRESS)


# --- The way back -------------------------------------------------------------------------------------------


def test_a_person_brings_back_who_only_bounced(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create(address=ADDRESS)
    delivery.suppress("spoken", ADDRESS, reason=Reason.GONE, at=NOON)
    assert (write_again(Subscriber.objects.all()), write_again(Subscriber.objects.all())) == (1, 0)
    ask()
    run(hands)
    person = Subscriber.objects.get()
    assert (person.standing, person.left_at, said_to()) == (Standing.CONFIRMED, None, [ADDRESS])


def test_who_left_complained_or_never_confirmed_is_not_brought_back() -> None:
    left = SubscriberFactory.create(standing=Standing.GONE, left_at=NOON)
    complained = SubscriberFactory.create(standing=Standing.GONE)
    note("spoken", complained.address, reason=Reason.COMPLAINT, at=NOON)
    SubscriberFactory.create(standing=Standing.GONE, confirmed_at=None)
    asked_again = SubscriberFactory.create(standing=Standing.GONE, asked_at=NOON)
    assert not bounced().exists()
    Delivery.objects.create(
        dispatch=ask(), channel="spoken", destination="1", subscriber=asked_again, lane="now", due_at=NOON
    )
    Delivery.objects.update(state=State.LEASED)
    Delivery.objects.update(state=State.FAILED, settled_at=NOON)
    assert (list(bounced()), left.standing) == ([asked_again], Standing.GONE)
