"""A trial walks the true path to one address, and counts nowhere."""

from __future__ import annotations

import pytest

from factories.accounts import UserFactory
from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    live,
    message,
    run,
    said_to,
)
from pregon.accounts.models import User
from pregon.delivery import actions as delivery
from pregon.delivery.contract import Limits
from pregon.delivery.enums import MessageKind, Standing, State
from pregon.delivery.errors import DeliveryError, Rejected
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.delivery.progress import going_out
from pregon.delivery.queries import dispatches_about, receivers_by_channel

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def redaccion() -> User:
    return UserFactory.create(first_name="Redacción")


def try_out(by: User, address: str = " yo@muestra.example ") -> Dispatch:
    return delivery.try_out(message(), channel="spoken", address=address, by=by, at=NOON)


def test_it_goes_to_that_address_alone_and_is_marked(hands: Hands, redaccion: User) -> None:
    live("spoken")
    SubscriberFactory.create_batch(3)
    trial = try_out(redaccion)
    run(hands)
    [parcel] = SpokenChannel.sent
    assert (parcel.destination, parcel.message.headline, parcel.message.kind) == (
        "yo@muestra.example",
        "Prueba: Reabre el andador con empedrado nuevo",
        MessageKind.NEWS,
    )
    assert (trial.trial, Delivery.objects.get().state) == (True, State.SENT)


def test_it_counts_nowhere(hands: Hands, redaccion: User) -> None:
    live("spoken")
    try_out(redaccion)
    run(hands)
    about = dispatches_about("newsroom.bulletin/1")
    assert (going_out(NOON), receivers_by_channel(about), Subscriber.objects.count()) == ([], {}, 0)


def test_who_left_may_still_try_it(hands: Hands, redaccion: User) -> None:
    live("spoken")
    SubscriberFactory.create(address="yo@muestra.example", standing=Standing.LEFT)
    try_out(redaccion)
    run(hands)
    assert said_to() == ["yo@muestra.example"]


def test_a_second_trial_is_another_one(hands: Hands, redaccion: User) -> None:
    live("spoken")
    try_out(redaccion)
    try_out(redaccion)
    run(hands)
    assert len(said_to()) == 2


def test_a_channel_that_is_not_live_sends_no_trial(redaccion: User) -> None:
    with pytest.raises(DeliveryError, match="De viva voz no está en vivo"):
        try_out(redaccion)
    assert Dispatch.objects.count() == 0


def test_what_everybody_reads_is_no_place_for_a_trial(redaccion: User) -> None:
    live("spoken")
    SubscriberFactory.create(address="@muestra", broadcast=True)
    with pytest.raises(DeliveryError, match="lo ve todo el mundo"):
        try_out(redaccion, "@muestra")


def test_a_public_channel_and_one_served_by_hand_take_none(
    redaccion: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    live("spoken")
    known = delivery.may_be_tried("spoken")
    monkeypatch.setattr(SpokenChannel, "personal", False)
    public = delivery.may_be_tried("spoken")
    monkeypatch.setattr(SpokenChannel, "personal", True)
    monkeypatch.setattr(SpokenChannel, "limits", Limits(by_hand=True))
    assert (known, public, delivery.may_be_tried("spoken")) == (True, False, False)


def test_what_is_no_address_there_is_refused(redaccion: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(channel: SpokenChannel, destination: str) -> str:
        raise Rejected("Eso no es una dirección.")

    monkeypatch.setattr(SpokenChannel, "normalise", refuse)
    live("spoken")
    with pytest.raises(Rejected):
        try_out(redaccion)
