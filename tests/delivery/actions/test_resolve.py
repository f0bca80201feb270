from __future__ import annotations

import pytest

from factories.accounts import UserFactory
from factories.delivery import NOON, SubscriberFactory, ask, came_to, prepare_all
from pregon.delivery.actions.resolve import arrived, send_again
from pregon.delivery.enums import State
from pregon.delivery.errors import DeliveryError
from pregon.delivery.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def doubtful() -> Delivery:
    SubscriberFactory.create()
    ask()
    prepare_all()
    came_to(State.UNCERTAIN, attempted_at=NOON)
    return Delivery.objects.get()


def test_a_person_says_that_it_arrived(doubtful: Delivery) -> None:
    line = arrived(doubtful, by=UserFactory.create(first_name="Redacción"), at=NOON)
    assert (line.state, line.reason, line.settled_at) == (
        State.SENT,
        "Redacción confirmó que sí llegó.",
        NOON,
    )


def test_a_person_has_it_sent_again(doubtful: Delivery) -> None:
    line = send_again(doubtful, by=UserFactory.create(), at=NOON)
    assert (line.state, line.due_at, line.settled_at, line.attempted_at) == (State.DUE, NOON, None, None)


def test_the_second_answer_finds_it_answered(doubtful: Delivery) -> None:
    arrived(doubtful, by=UserFactory.create(), at=NOON)
    with pytest.raises(DeliveryError, match="ya no está en duda"):
        send_again(doubtful, by=UserFactory.create(), at=NOON)
    assert Delivery.objects.get().state == State.SENT
