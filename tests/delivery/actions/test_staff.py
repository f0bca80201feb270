"""People of the office are written to at their own address, whoever subscribed to what, and it counts nowhere."""

from __future__ import annotations

import pytest

from factories.delivery import NOON, SpokenChannel, live, message
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.enums import MessageKind, State
from pregon.delivery.errors import Rejected
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def tell(*addresses: str) -> Dispatch | None:
    return delivery.tell_staff(
        message(MessageKind.SERVICE),
        channel="spoken",
        addresses=addresses,
        key="muestra/1",
        origin="muestra",
        lane=Lane.ALERT,
        at=NOON,
    )


def test_each_has_a_letter_of_their_own_once_and_nobody_is_subscribed() -> None:
    live("spoken")
    letter, again = tell("una@muestra.example", "otra@muestra.example"), tell("una@muestra.example")
    assert letter is not None and (letter, letter.words) == (again, "Aviso a la oficina")
    assert set(Delivery.objects.values_list("destination", "lane", "state")) == {
        ("una@muestra.example", Lane.ALERT, State.DUE),
        ("otra@muestra.example", Lane.ALERT, State.DUE),
    }
    assert Subscriber.objects.count() == 0


def only_with_an_at(_channel: SpokenChannel, destination: str) -> str:
    if "@" not in destination:
        raise Rejected("Eso no es una dirección.")
    return destination


def test_an_address_that_is_none_keeps_nobody_else_from_hearing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SpokenChannel, "normalise", only_with_an_at)
    live("spoken")
    tell("esto no es", "una@muestra.example")
    states = dict(Delivery.objects.values_list("destination", "state"))
    assert states == {"esto no es": State.FAILED, "una@muestra.example": State.DUE}


def test_where_mail_does_not_leave_nothing_is_written_down() -> None:
    assert tell("una@muestra.example") is None
    account = live("spoken")
    ChannelAccount.objects.filter(pk=account.pk).update(sealed_options="roto")
    assert tell("una@muestra.example") is None
    assert (Dispatch.objects.count(), Delivery.objects.count()) == (0, 0)
