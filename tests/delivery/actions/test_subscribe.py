"""Two yeses to come in, one to leave, and nobody learns from us who is subscribed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.accounts import LocalityFactory, TopicFactory
from factories.delivery import NOON, Hands, SpokenChannel, SubscriberFactory, live, run
from pregon.accounts.models import Office
from pregon.delivery import actions as delivery
from pregon.delivery.actions.subscribe import LETTERS_A_DAY, PAUSE
from pregon.delivery.enums import MessageKind, Reason, Standing
from pregon.delivery.errors import NotTheOffices
from pregon.delivery.links import holder_of
from pregon.delivery.models import Dispatch, Subscriber
from pregon.delivery.queries import is_suppressed

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

ADDRESS = "vecina@muestra.example"


def wish(address: str = ADDRESS, *, hands: Hands) -> None:
    delivery.ask_to_subscribe(address, channel="spoken", consent="Acepto recibir boletines.", at=hands())


def letters() -> list[str]:
    return list(Dispatch.objects.order_by("pk").values_list("headline", flat=True))


# --- The way in ---------------------------------------------------------------------------------------------


def test_the_way_in_has_two_yeses(hands: Hands) -> None:
    live("spoken")
    wish(hands=hands)
    run(hands)
    [letter] = SpokenChannel.sent
    token = letter.confirm_url.rstrip("/").rpartition("/")[2]
    asked = Subscriber.objects.get()
    assert (asked.standing, asked.consent) == (Standing.PENDING, "Acepto recibir boletines.")
    delivery.confirm(holder_of(token, purpose="confirm"), at=hands.forward(minutes=3))
    asked.refresh_from_db()
    assert (asked.standing, asked.confirmed_at) == (Standing.CONFIRMED, hands())


def test_confirming_twice_keeps_the_hour_of_the_first_time(hands: Hands) -> None:
    person = SubscriberFactory(standing=Standing.PENDING, confirmed_at=None)
    delivery.confirm(person, at=hands())
    delivery.confirm(person, at=hands.forward(hours=1))
    assert person.confirmed_at == NOON


def test_what_somebody_chose_narrows_what_they_receive(hands: Hands) -> None:
    topic, locality = TopicFactory(), LocalityFactory()
    delivery.ask_to_subscribe(
        ADDRESS, channel="spoken", topics=[topic], localities=[locality], consent="Sí.", at=hands()
    )
    asked = Subscriber.objects.get()
    assert (
        list(asked.topics.all()),
        list(asked.localities.all()),
        asked.every_topic,
        asked.every_locality,
    ) == (
        [topic],
        [locality],
        False,
        False,
    )


def test_choosing_nothing_means_everything(hands: Hands) -> None:
    person = SubscriberFactory(every_topic=False)
    person.topics.set([TopicFactory()])
    delivery.choose(person, topics=[], localities=[])
    person.refresh_from_db()
    assert (person.topics.count(), person.every_topic, person.every_locality) == (0, True, True)


# --- Nobody learns ------------------------------------------------------------------------------------------


def known_as(standing: Standing | None) -> None:
    if standing is not None:
        SubscriberFactory(address=ADDRESS, standing=standing)


def test_known_or_not_the_answer_is_the_same_and_so_is_the_work(hands: Hands) -> None:
    Office.load()
    work = {}
    for standing in (None, *Standing):
        Subscriber.objects.all().delete()
        known_as(standing)
        with CaptureQueriesContext(connection) as queries:
            answer = delivery.ask_to_subscribe(  # type: ignore[func-returns-value]  # that it tells nothing is the point
                ADDRESS, channel="spoken", consent="Sí.", at=hands.forward(hours=1)
            )
        work[standing] = answer, [one["sql"].split(" ", 1)[0] for one in queries]
    assert [done for done in work.values() if done != work[None]] == []


def test_a_stranger_changes_nothing_of_a_subscription(hands: Hands) -> None:
    topic = TopicFactory()
    person = SubscriberFactory(address=ADDRESS, name="Vecina", every_topic=False)
    person.topics.set([topic])
    delivery.ask_to_subscribe(ADDRESS, channel="spoken", name="Otra", consent="Sí.", at=hands())
    known = Subscriber.objects.get()
    assert (known.standing, known.name, list(known.topics.all()), known.nonce) == (
        Standing.CONFIRMED,
        "Vecina",
        [topic],
        person.nonce,
    )
    assert letters() == ["Ya recibes nuestros boletines"]


def test_a_stranger_who_asks_again_does_not_spoil_the_first_letter(hands: Hands) -> None:
    wish(hands=hands)
    first = Subscriber.objects.get().nonce
    hands.forward(hours=1)
    wish(hands=hands)
    assert Subscriber.objects.get().nonce == first


def test_the_offices_own_channel_is_nobodys_to_ask_for(hands: Hands) -> None:
    SubscriberFactory(address=ADDRESS, broadcast=True)
    wish(hands=hands)
    assert letters() == []


# --- Nobody is flooded --------------------------------------------------------------------------------------


def test_asking_again_at_once_writes_no_second_letter(hands: Hands) -> None:
    for _time in range(3):
        wish(hands=hands)
        hands.forward(minutes=1)
    assert letters() == ["Confirma tu suscripción"]


def test_a_day_has_few_letters_however_patient_the_asker(hands: Hands) -> None:
    for _time in range(20):
        wish(hands=hands)
        hands.at += PAUSE + timedelta(seconds=1)
    assert len(letters()) == LETTERS_A_DAY


# --- The way out --------------------------------------------------------------------------------------------


def test_leaving_is_at_once_and_twice_is_once(hands: Hands) -> None:
    person = SubscriberFactory()
    delivery.leave(person, at=hands())
    delivery.leave(person, at=hands.forward(hours=1))
    person.refresh_from_db()
    assert (person.standing, person.left_at) == (Standing.LEFT, NOON)


def test_who_comes_back_has_new_links(hands: Hands) -> None:
    person = SubscriberFactory(address=ADDRESS, standing=Standing.LEFT, left_at=NOON - timedelta(days=20))
    wish(hands=hands)
    back = Subscriber.objects.get()
    assert (back.standing, back.nonce != person.nonce, back.left_at) == (Standing.PENDING, True, None)


# --- Other doors --------------------------------------------------------------------------------------------


def test_who_writes_to_us_first_is_in_with_one_yes(hands: Hands) -> None:
    for _time in range(2):
        person = delivery.subscribe_directly(
            "7", channel="spoken", name="Vecina", consent="Escribió.", at=hands()
        )
    assert (Subscriber.objects.count(), person.standing, person.confirmed_at) == (1, Standing.CONFIRMED, NOON)


def test_a_channel_of_the_office_receives_without_anybodys_yes(hands: Hands) -> None:
    for name in ("Canal", "Canal oficial"):
        office = delivery.add_office_channel("@comunicacion", channel="spoken", name=name, at=hands())
    assert (Subscriber.objects.count(), office.name, office.broadcast, office.standing) == (
        1,
        "Canal oficial",
        True,
        Standing.CONFIRMED,
    )


@pytest.mark.parametrize("standing", [*Standing])
def test_a_person_never_becomes_a_channel_of_the_office(hands: Hands, standing: Standing) -> None:
    SubscriberFactory.create(address=ADDRESS, standing=standing)
    for spelling in (ADDRESS, ADDRESS.upper()):
        with pytest.raises(NotTheOffices):
            delivery.add_office_channel(spelling, channel="spoken", name="Canal", at=hands())
    assert list(Subscriber.objects.values_list("broadcast", "standing")) == [(False, standing)]


def test_an_address_that_is_not_to_be_written_to_stays_so(hands: Hands) -> None:
    delivery.suppress("spoken", ADDRESS, reason=Reason.MANUAL, at=NOON)
    with pytest.raises(NotTheOffices):
        delivery.add_office_channel(ADDRESS, channel="spoken", name="Canal", at=hands())
    assert (is_suppressed("spoken", ADDRESS), Subscriber.objects.exists()) == (True, False)


def test_a_channel_of_the_office_that_was_ended_may_come_back(hands: Hands) -> None:
    office = delivery.add_office_channel("@plaza", channel="spoken", name="Plaza", at=hands())
    delivery.leave(office, at=hands())
    assert delivery.add_office_channel("@plaza", channel="spoken", name="Plaza", at=hands()).standing == (
        Standing.CONFIRMED
    )


def test_a_service_message_carries_the_offices_name(hands: Hands) -> None:
    wish(hands=hands)
    message = Dispatch.objects.get().message
    assert (message.kind, message.sender) == (MessageKind.SERVICE, "Comunicación Social")
