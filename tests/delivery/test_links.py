"""A link opens one subscription for one purpose; bad, old and foreign ones open nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.delivery import NOON, SubscriberFactory
from pregon.delivery.enums import Standing
from pregon.delivery.errors import BadLink
from pregon.delivery.links import CONFIRM_WITHIN, Links, holder_of
from pregon.delivery.models import Subscriber, new_nonce

pytestmark = pytest.mark.django_db

PURPOSES = ["confirm", "preferences"]


def token_of(person: Subscriber, purpose: str) -> str:
    links = Links(person)
    url = links.confirm if purpose == "confirm" else links.preferences
    return url.rstrip("/").rpartition("/")[2]


def refused(token: str, *, purpose: str) -> bool:
    try:
        holder_of(token, purpose=purpose)
    except BadLink:
        return True
    return False


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_opens_its_own_subscription(purpose: str) -> None:
    person, _other = SubscriberFactory.create_batch(2)
    assert holder_of(token_of(person, purpose), purpose=purpose) == person


def test_the_three_addresses() -> None:
    links = Links(SubscriberFactory())
    assert [
        links.confirm.startswith("http://testserver/suscripcion/confirmar/"),
        links.preferences.startswith("http://testserver/suscripcion/"),
        links.unsubscribe == f"{links.preferences}baja/",
    ] == [True, True, True]


@pytest.mark.parametrize("standing", [Standing.LEFT, Standing.GONE])
def test_a_yes_from_before_leaving_opens_nothing_and_the_way_to_the_preferences_does(
    standing: Standing,
) -> None:
    person = SubscriberFactory.create(standing=standing)
    assert [refused(token_of(person, purpose), purpose=purpose) for purpose in PURPOSES] == [True, False]


def test_a_link_for_one_purpose_opens_no_other() -> None:
    person = SubscriberFactory()
    assert [
        refused(token_of(person, purpose), purpose=other) for purpose, other in (PURPOSES, PURPOSES[::-1])
    ] == [
        True,
        True,
    ]


def test_a_confirmation_ends_after_a_week_and_leaving_never_does() -> None:
    with time_machine.travel(NOON, tick=False):
        person = SubscriberFactory()
        tokens = {purpose: token_of(person, purpose) for purpose in PURPOSES}
    with time_machine.travel(NOON + CONFIRM_WITHIN + timedelta(minutes=1), tick=False):
        assert {purpose: refused(token, purpose=purpose) for purpose, token in tokens.items()} == {
            "confirm": True,
            "preferences": False,
        }


def test_links_of_a_former_subscription_open_nothing() -> None:
    person = SubscriberFactory()
    old = token_of(person, "preferences")
    person.nonce = new_nonce()
    person.save()
    assert refused(old, purpose="preferences")


def test_a_link_of_a_deleted_subscription_opens_nothing() -> None:
    person = SubscriberFactory()
    old = token_of(person, "preferences")
    person.delete()
    assert refused(old, purpose="preferences")


def test_a_link_signed_by_another_office_opens_nothing() -> None:
    person = SubscriberFactory()
    with override_settings(SECRET_KEY="the key of some other office, long enough to be one"):
        foreign = token_of(person, "preferences")
    assert refused(foreign, purpose="preferences")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(token=st.text(max_size=80), purpose=st.sampled_from(PURPOSES))
def test_nothing_that_somebody_makes_up_opens_anything(token: str, purpose: str) -> None:
    assert refused(token, purpose=purpose)


def test_one_changed_letter_opens_nothing() -> None:
    token = token_of(SubscriberFactory(), "preferences")
    changed = [
        token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token) - 1)
    ]
    assert [one for one in changed if not refused(one, purpose="preferences")] == []
