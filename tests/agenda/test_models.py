"""What the agenda holds on to, in the form and in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from factories.newsroom import NOON, act
from pregon.agenda.enums import Product, Settlement, State
from pregon.agenda.models import Act, Coverage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_an_act_is_known_by_its_title_and_found_at_its_address() -> None:
    made = act("Jornada de salud", slug="2026-11-20-jornada-de-salud")
    assert (str(made), made.get_absolute_url()) == (
        "Jornada de salud",
        "/agenda/2026-11-20-jornada-de-salud/",
    )
    assert [str(coverage) for coverage in made.coverages.order_by("pk")] == [
        "Boletín: Jornada de salud",
        "Fotos: Jornada de salud",
    ]


def test_between_takes_the_first_moment_and_leaves_the_last() -> None:
    first, _last = act("Primero", start=NOON), act("Último", start=NOON + timedelta(hours=1))
    assert list(Act.objects.between(NOON, NOON + timedelta(hours=1))) == [first]


def test_acts_stand_in_the_order_of_their_hours() -> None:
    late, early = act("Tarde", start=NOON + timedelta(hours=3)), act("Mañana", start=NOON)
    assert list(Act.objects.all()) == [early, late]


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (State.CONFIRMED, True),
        (State.TENTATIVE, True),
        (State.POSTPONED, False),
        (State.CANCELLED, False),
    ],
)
def test_only_acts_that_will_take_place_count_as_work(state: State, counts: bool) -> None:
    act(state=state)
    assert Act.objects.taking_place().exists() is counts


def test_an_act_that_ends_before_it_begins_is_refused_in_the_form_and_in_the_database() -> None:
    made = act()
    made.end = NOON - timedelta(minutes=1)
    with pytest.raises(ValidationError) as refusal:
        made.full_clean()
    assert refusal.value.messages == ["El acto no puede terminar antes de empezar: revisa las horas."]
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.filter(pk=made.pk).update(end=made.end)


def test_an_act_may_end_at_the_moment_it_begins() -> None:
    act(end=NOON)
    assert Act.objects.get().end == NOON


def test_the_database_knows_no_other_state_of_an_act() -> None:
    made = act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.filter(pk=made.pk).update(state="quizá")


def test_two_acts_never_share_an_address() -> None:
    act(slug="jornada")
    with pytest.raises(IntegrityError), transaction.atomic():
        act(slug="jornada")


def test_an_act_is_due_each_product_once() -> None:
    made = act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Coverage.objects.create(act=made, product=Product.PHOTOS)


def test_the_database_knows_no_other_settlement() -> None:
    act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Coverage.objects.update(settlement="casi")


def test_the_database_refuses_an_excuse_without_a_reason() -> None:
    act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Coverage.objects.update(settlement=Settlement.EXCUSED)
    assert Coverage.objects.update(settlement=Settlement.EXCUSED, reason="Lluvia.") == 2


def test_open_and_covered_are_told_apart() -> None:
    made = act()
    made.coverages.filter(product=Product.PHOTOS).update(settlement=Settlement.COVERED)
    assert [one.product for one in Coverage.objects.open()] == [Product.BULLETIN]
    assert [one.product for one in Coverage.objects.covered()] == [Product.PHOTOS]
