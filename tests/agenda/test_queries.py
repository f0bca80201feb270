from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from factories.accounts import UserFactory
from factories.newsroom import NOON, act
from pregon.agenda import actions as agenda
from pregon.agenda.enums import Product, State
from pregon.agenda.models import Act
from pregon.agenda.queries import TONES, Tag, day_rows, detail_of, row_of, uncovered

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

BEFORE, DURING, AFTER = NOON - timedelta(hours=2), NOON + timedelta(hours=1), NOON + timedelta(hours=5)


def assign(made: Act) -> Act:
    made.coverages.update(assignee=UserFactory.create(first_name="Redacción"))
    return made


def settle(made: Act, product: Product) -> None:
    agenda.settle(made, product=product, evidence="/boletines/x/", at=AFTER)


def test_every_tag_has_a_tone() -> None:
    assert set(TONES) == set(Tag)


def test_nobody_assigned_is_said_before_the_act() -> None:
    assert row_of(act(), at=BEFORE).tag == Tag.NOBODY


def test_an_assigned_act_says_so_until_it_begins() -> None:
    assert row_of(assign(act()), at=BEFORE).tag == Tag.ASSIGNED


def test_an_act_without_an_end_is_under_way_for_its_usual_length() -> None:
    assert [row_of(act(), at=moment).tag for moment in (DURING, AFTER)] == [Tag.UNDER_WAY, Tag.TEXT_MISSING]


def test_after_the_act_the_missing_piece_is_named() -> None:
    made = act()
    settle(made, Product.BULLETIN)
    assert row_of(made, at=AFTER).tag == Tag.PHOTOS_MISSING


def test_an_act_with_all_its_pieces_is_covered() -> None:
    made = act()
    settle(made, Product.BULLETIN)
    settle(made, Product.PHOTOS)
    assert row_of(made, at=AFTER).tag == Tag.COVERED


def test_an_act_that_was_excused_is_not_covered() -> None:
    made = act()
    for coverage in made.coverages.all():
        agenda.excuse(coverage, by=UserFactory.create(), reason="Se suspendió por lluvia.", at=AFTER)
    assert row_of(made, at=AFTER).tag == Tag.EXCUSED


@pytest.mark.parametrize(
    ("state", "tag"), [(State.CANCELLED, Tag.CANCELLED), (State.POSTPONED, Tag.POSTPONED)]
)
def test_an_act_that_does_not_take_place_says_only_that(state: State, tag: Tag) -> None:
    assert row_of(act(state=state), at=AFTER).tag == tag


def test_an_act_that_asks_for_nothing_says_so() -> None:
    made = act()
    made.coverages.all().delete()
    row = row_of(Act.objects.get(pk=made.pk), at=BEFORE)
    assert (row.tag, row.detail) == (Tag.NOT_ASKED, "")


def test_an_act_with_nobody_stays_alone_while_it_is_under_way() -> None:
    rows = [
        row_of(act(), at=DURING),
        row_of(assign(act()), at=DURING),
        row_of(act(state=State.CANCELLED), at=DURING),
    ]
    assert [row.alone for row in rows] == [True, False, False]


def test_the_detail_names_pieces_and_people_once() -> None:
    made = assign(act())
    assert detail_of(made.coverages.order_by("pk")) == f"Boletín, Fotos · {made.coverages.all()[0].assignee}"


@pytest.mark.parametrize("many", [1, 3])
def test_a_day_costs_two_queries_however_full(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(many):
        assign(act(f"Acto {number}"))
    with django_assert_num_queries(2):
        rows = day_rows(NOON - timedelta(hours=1), NOON + timedelta(hours=1), at=BEFORE)
    assert len(rows) == many


def test_only_acts_that_take_place_and_owe_a_piece_are_uncovered() -> None:
    act("Uno")
    act("Dos", state=State.CANCELLED)
    done = act("Tres")
    settle(done, Product.BULLETIN)
    settle(done, Product.PHOTOS)
    assert uncovered(NOON - timedelta(hours=1), NOON + timedelta(hours=1)) == 1
