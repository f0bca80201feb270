from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories.accounts import LocalityFactory, UserFactory
from factories.alerts import draft, minor, person, sent
from pregon.accounts.enums import Role
from pregon.alerts import actions as alerts
from pregon.alerts.enums import Status
from pregon.alerts.queries import active, alone_from, chain, doubts, next_end, seconds_for, slots_of, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

FAR = "25.6,-100.3 25.6,-100.2 25.7,-100.2 25.6,-100.3"


def test_what_holds_is_real_ones_first() -> None:
    drill, real = sent(status=Status.EXERCISE), minor()
    assert list(active(timezone.now())) == [real, drill]
    assert list(active(drill.expires + timedelta(days=9))) == []


def test_the_next_end_is_the_nearest() -> None:
    at = timezone.now()
    assert next_end(at) is None
    sent(expires=at + timedelta(hours=9))
    nearest = sent(expires=at + timedelta(hours=3))
    assert next_end(at) == nearest.expires


def test_a_chain_is_told_in_its_order_from_any_of_its_messages() -> None:
    first = minor()
    second = alerts.update(first, by=person(), at=timezone.now())
    assert list(chain(second)) == [first]
    second = alerts.propose(second, by=person(), at=timezone.now(), word="ALERTA")
    assert list(chain(first)) == list(chain(second)) == [first, second]


def test_the_second_person_is_anybody_else_who_may_confirm() -> None:
    proposer = person()
    head, root = person(Role.HEAD), UserFactory.create(is_superuser=True)
    person(Role.READER)
    gone = person()
    gone.is_active = False
    gone.save()
    assert set(seconds_for(proposer)) == {head, root}


def test_nobody_waits_before_it_is_proposed() -> None:
    alert = draft()
    assert (alone_from(alert), list(waiting())) == (None, [])


def test_the_words_to_fill_in_are_told_in_the_order_they_are_read() -> None:
    alert = draft("tormenta", headline="{qué} en {dónde}", description="{qué}", instruction="{ } {cuándo}")
    assert slots_of(alert) == ["qué", "dónde", " ", "cuándo"]


def test_an_area_far_from_every_locality_is_asked_about_and_kept() -> None:
    at = timezone.now()
    assert doubts(draft("tormenta", polygon=FAR, area="El cerro"), at=at) == []
    LocalityFactory.create(latitude="19.915300", longitude="-103.020800")
    [doubt] = doubts(draft("tormenta", polygon=FAR, area="El cerro"), at=at)
    assert "kilómetros de la localidad más cercana" in doubt


def test_a_zone_is_asked_for_in_words_unless_a_locality_says_where() -> None:
    at = timezone.now()
    [doubt] = doubts(draft("tormenta", polygon=FAR), at=at)
    assert "escribe el área en palabras" in doubt
    assert doubts(draft("tormenta", polygon=FAR, localities=(LocalityFactory.create(),)), at=at) == []


def test_the_whole_town_and_a_very_long_alert_are_asked_about() -> None:
    at = timezone.now()
    found = doubts(draft("tormenta", expires=at + timedelta(days=8)), at=at)
    assert [doubt.split(":")[0] for doubt in found] == [
        "No elegiste localidades",
        "La alerta dura más de una semana",
    ]
    assert doubts(draft("tormenta", polygon="1,1"), at=at) == []
