"""A line belongs to one worker, for as long as it gives signs of life."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import transaction

from factories.delivery import NOON, Hands, SubscriberFactory, ask, live, prepare_all
from pregon.core.work import Lane
from pregon.delivery.actions import claim as claiming
from pregon.delivery.actions.claim import LEASE, claim, has_work, kept, reap
from pregon.delivery.enums import State
from pregon.delivery.models import ChannelAccount, Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def two_lines() -> None:
    SubscriberFactory.create_batch(2)
    ask()
    prepare_all()


def test_a_claim_is_one_number_on_all_its_lines() -> None:
    two_lines()
    first, second = (claim(Lane.NOW, "spoken", at=NOON, size=1) for _worker in range(2))
    assert first and second
    assert dict(Delivery.objects.values_list("pk", "claim")) == {
        first.lines[0].pk: first.token,
        second.lines[0].pk: second.token,
    }


def test_there_is_work_until_all_is_claimed_and_none_while_the_channel_rests() -> None:
    two_lines()
    account = live("spoken")
    assert has_work(Lane.NOW, "spoken", at=NOON) and not has_work(Lane.BULK, "spoken", at=NOON)
    account.busy_until = NOON + timedelta(seconds=1)
    account.save()
    assert not has_work(Lane.NOW, "spoken", at=NOON)
    ChannelAccount.objects.update(busy_until=None)
    claim(Lane.NOW, "spoken", at=NOON, size=5)
    assert not has_work(Lane.NOW, "spoken", at=NOON)


def test_lost_work_is_free_again_within_sixty_seconds() -> None:
    two_lines()
    claim(Lane.NOW, "spoken", at=NOON, size=5)
    assert reap(Lane.NOW, at=NOON + LEASE) == 0
    assert reap(Lane.NOW, at=NOON + timedelta(seconds=55)) == 2
    assert set(Delivery.objects.values_list("state", "claim")) == {(State.DUE, None)}


@pytest.mark.django_db(transaction=True)
def test_who_gives_signs_of_life_keeps_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "BEAT", timedelta(milliseconds=20))
    two_lines()
    held = claim(Lane.NOW, "spoken", at=NOON, size=5)
    assert held is not None
    hands = Hands()
    with kept(held, now=hands):
        hands.forward(minutes=5)
        for _look in range(200):
            if Delivery.objects.filter(lease_until__gt=hands()).count() == 2:
                break
            time.sleep(0.02)
        assert reap(Lane.NOW, at=hands()) == 0


@pytest.mark.django_db(transaction=True)
def test_no_sign_of_life_is_given_for_a_line_that_another_one_took(monkeypatch: pytest.MonkeyPatch) -> None:
    """When that one dies too, nobody else would take it back for as long as this one works."""
    monkeypatch.setattr(claiming, "BEAT", timedelta(milliseconds=20))
    two_lines()
    held = claim(Lane.NOW, "spoken", at=NOON, size=5)
    assert held is not None
    ours, taken = held.lines
    Delivery.objects.filter(pk=taken.pk).update(claim=held.token + 1)
    hands = Hands()
    with kept(held, now=hands):
        hands.forward(minutes=5)
        for _look in range(200):
            if Delivery.objects.filter(pk=ours.pk, lease_until__gt=hands()).exists():
                break
            time.sleep(0.02)
        assert reap(Lane.NOW, at=hands()) == 1
    assert set(Delivery.objects.values_list("pk", "state")) == {
        (ours.pk, State.LEASED),
        (taken.pk, State.DUE),
    }


@pytest.mark.django_db(transaction=True)
def test_a_sign_of_life_never_waits_for_a_line_that_is_being_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would hold a line that the other one waits for, and the database would end one of the two."""
    monkeypatch.setattr(claiming, "BEAT", timedelta(milliseconds=1))
    SubscriberFactory.create_batch(20)
    ask()
    prepare_all()
    held = claim(Lane.NOW, "spoken", at=NOON, size=20)
    assert held is not None
    with kept(held, now=Hands()):
        for attempts in range(1, 101):
            with transaction.atomic():
                for line in reversed(held.lines):
                    Delivery.objects.filter(pk=line.pk).update(attempts=attempts)
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {100}
