"""Asking is a row that commits with its asker; asking twice is asking once."""

from __future__ import annotations

import pytest

from factories.delivery import NOON, Hands, SubscriberFactory, ask, live, message, prepare_all, run, said_to
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import ledger
from pregon.delivery.actions.claim import claim
from pregon.delivery.enums import MessageKind, State
from pregon.delivery.models import Delivery, Dispatch
from pregon.delivery.queries import former_receivers
from pregon.delivery.values import Audience

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_asking_again_with_the_same_key_changes_nothing() -> None:
    for headline in ("Primero", "Segundo"):
        delivery.dispatch(
            message(headline=headline),
            key="newsroom.bulletin/1/news",
            origin="newsroom.bulletin/1",
            lane=Lane.NOW,
            audience=Audience(topics=(1, 2)),
            at=NOON,
        )
    asked = Dispatch.objects.get()
    assert (asked.headline, asked.message, asked.audience, asked.kind, asked.prepared_at) == (
        "Primero",
        message(headline="Primero"),
        Audience(topics=(1, 2)),
        MessageKind.NEWS,
        None,
    )


def test_stopping_counts_who_will_not_get_it_and_leaves_what_has_left(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(3)
    asked = ask()
    prepare_all()
    delivery.deliver_due(Lane.NOW, now=hands, size=1)
    stopped = delivery.stop(Dispatch.objects.all(), reason="El boletín fue retirado.", at=hands())
    run(hands)
    assert (stopped, len(said_to())) == (2, 1)
    assert sorted(asked.deliveries.values_list("state", "reason")) == [
        (State.SENT, ""),
        (State.SUPPRESSED, "El boletín fue retirado."),
        (State.SUPPRESSED, "El boletín fue retirado."),
    ]


def test_what_a_worker_holds_is_stopped_unless_it_is_on_its_way(hands: Hands) -> None:
    """Whoever never got the bulletin gets no withdrawal of it."""
    live("spoken")
    begun, _waiting, _due = SubscriberFactory.create_batch(3)
    asked = ask()
    prepare_all()
    held = claim(Lane.NOW, "spoken", at=hands(), size=2)
    assert held is not None
    ledger.write([], [line for line in held.lines if line.subscriber == begun], claim=held.token, at=hands())
    stopped = delivery.stop(Dispatch.objects.all(), reason="El boletín fue retirado.", at=hands())
    left = ledger.write([], held.lines, claim=held.token, at=hands())
    told = former_receivers(Audience(receivers_of=(asked.pk,)), also=[State.LEASED])
    assert (stopped, [line.subscriber for line in left], [line.subscriber for line in told]) == (
        2,
        [begun],
        [begun],
    )


def test_what_is_stopped_before_it_was_prepared_is_never_prepared(hands: Hands) -> None:
    SubscriberFactory()
    ask()
    delivery.stop(Dispatch.objects.all(), reason="El boletín fue retirado.", at=hands())
    prepare_all()
    assert Delivery.objects.count() == 0
