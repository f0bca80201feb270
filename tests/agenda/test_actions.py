"""A coverage settles once, by the first piece, and reopens only when that very piece is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from factories.accounts import UserFactory
from factories.newsroom import NOON, act
from pregon.agenda import actions as agenda
from pregon.agenda.enums import Product, Settlement
from pregon.agenda.models import Coverage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

FIRST, SECOND = "/boletines/2026-001-andador/", "/boletines/2026-002-andador/"


def stand(coverage: Coverage) -> tuple[object, ...]:
    """How ``coverage`` stands in the database."""
    coverage.refresh_from_db()
    return coverage.settlement, coverage.settled_at, coverage.evidence, coverage.reason, coverage.signer


DUE = (Settlement.DUE, None, "", "", None)


def test_the_first_piece_settles_the_coverage_and_later_ones_change_nothing() -> None:
    made = act()
    coverage = made.coverages.get(product=Product.BULLETIN)
    agenda.settle(made, product=Product.BULLETIN, evidence=FIRST, at=NOON)
    agenda.settle(made, product=Product.BULLETIN, evidence=SECOND, at=NOON + timedelta(hours=1))
    assert stand(coverage) == (Settlement.COVERED, NOON, FIRST, "", None)


def test_a_piece_settles_its_own_product_of_its_own_act() -> None:
    made, other = act("Andador"), act("Mercado")
    agenda.settle(made, product=Product.BULLETIN, evidence=FIRST, at=NOON)
    assert stand(made.coverages.get(product=Product.PHOTOS)) == DUE
    assert stand(other.coverages.get(product=Product.BULLETIN)) == DUE


def test_a_product_that_nobody_had_asked_for_is_recorded_as_covered() -> None:
    made = act()
    agenda.settle(made, product=Product.VIDEO, evidence=FIRST, at=NOON)
    assert stand(made.coverages.get(product=Product.VIDEO)) == (Settlement.COVERED, NOON, FIRST, "", None)


def test_the_piece_that_settled_a_coverage_reopens_it_when_taken_back() -> None:
    made = act()
    for product in (Product.BULLETIN, Product.PHOTOS):
        agenda.settle(made, product=product, evidence=FIRST, at=NOON)
    assert agenda.reopen(made, evidence=FIRST) == 2
    assert [stand(one) for one in made.coverages.all()] == [DUE, DUE]


def test_another_piece_reopens_nothing() -> None:
    made = act()
    agenda.settle(made, product=Product.BULLETIN, evidence=FIRST, at=NOON)
    assert agenda.reopen(made, evidence=SECOND) == 0
    assert stand(made.coverages.get(product=Product.BULLETIN))[0] == Settlement.COVERED


def test_a_piece_reopens_nothing_of_another_act() -> None:
    made, other = act("Andador"), act("Mercado")
    for one in (made, other):
        agenda.settle(one, product=Product.BULLETIN, evidence=FIRST, at=NOON)
    agenda.reopen(made, evidence=FIRST)
    assert stand(other.coverages.get(product=Product.BULLETIN))[0] == Settlement.COVERED


def test_without_evidence_nothing_that_is_due_is_touched() -> None:
    made = act()
    assert agenda.reopen(made, evidence="") == 0


def test_a_reopened_coverage_settles_again() -> None:
    made = act()
    agenda.settle(made, product=Product.BULLETIN, evidence=FIRST, at=NOON)
    agenda.reopen(made, evidence=FIRST)
    agenda.settle(made, product=Product.BULLETIN, evidence=SECOND, at=NOON)
    assert stand(made.coverages.get(product=Product.BULLETIN))[2] == SECOND


def test_an_excuse_is_kept_with_its_reason_its_hour_and_who_signs() -> None:
    coverage, signer = act().coverages.get(product=Product.PHOTOS), UserFactory()
    agenda.excuse(coverage, by=signer, reason=" Se suspendió por lluvia. ", at=NOON)
    assert stand(coverage) == (Settlement.EXCUSED, NOON, "", "Se suspendió por lluvia.", signer)


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_excuse_without_a_reason_is_refused_and_the_coverage_stays_due(reason: str) -> None:
    coverage = act().coverages.get(product=Product.PHOTOS)
    with pytest.raises(ValidationError) as refusal:
        agenda.excuse(coverage, by=UserFactory(), reason=reason, at=NOON)
    assert refusal.value.messages == ["Para no cubrir un acto hay que escribir el motivo."]
    assert stand(coverage) == DUE


def test_what_was_covered_meanwhile_cannot_be_excused() -> None:
    made = act()
    coverage = made.coverages.get(product=Product.BULLETIN)
    agenda.settle(made, product=Product.BULLETIN, evidence=FIRST, at=NOON)
    agenda.excuse(coverage, by=UserFactory(), reason="Lluvia.", at=NOON)
    assert stand(coverage) == (Settlement.COVERED, NOON, FIRST, "", None)


def test_a_piece_that_comes_after_the_excuse_takes_its_place() -> None:
    made = act()
    coverage = made.coverages.get(product=Product.BULLETIN)
    agenda.excuse(coverage, by=UserFactory(), reason="Lluvia.", at=NOON)
    agenda.settle(made, product=Product.BULLETIN, evidence=FIRST, at=NOON)
    assert stand(coverage) == (Settlement.COVERED, NOON, FIRST, "", None)


def test_an_excused_coverage_is_not_reopened_by_a_withdrawal() -> None:
    made = act()
    coverage = made.coverages.get(product=Product.BULLETIN)
    agenda.excuse(coverage, by=UserFactory(), reason="Lluvia.", at=NOON)
    assert (agenda.reopen(made, evidence=""), stand(coverage)[0]) == (0, Settlement.EXCUSED)
