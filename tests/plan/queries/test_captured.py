"""What people wrote down."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from factories.accounts import UserFactory
from factories.plan import IndicatorFactory, PlanFactory, moment
from pregon.plan import actions
from pregon.plan.actions import Figures
from pregon.plan.models import Indicator
from pregon.plan.queries import captured_readings, captures_of, public_evidence

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


@pytest.fixture
def opinion() -> Indicator:
    made: Indicator = IndicatorFactory.create(plan=PlanFactory.create(year=2026), code="opinion")
    return made


def wrote(item: Indicator, done: int, *, public: bool) -> int:
    """Capture ``done`` of 100 in October, with a file; gives the file's number."""
    evidence = get_document_model().objects.create(
        title="Encuesta", file=ContentFile(b"%PDF-1.7", name=f"encuesta-{done}.pdf")
    )
    figures = Figures(
        numerator=Decimal(done), denominator=Decimal(100), note="Encuesta", evidence=evidence, public=public
    )
    actions.capture(item, 10, figures, by=UserFactory.create(), at=AT)
    return int(evidence.pk)


def test_the_latest_of_a_month_stands_and_all_are_kept(opinion: Indicator) -> None:
    for done in (60, 70):
        wrote(opinion, done, public=False)
    [(slug, months)] = captured_readings(opinion.plan).items()
    assert (slug, {first: reading.text for first, reading in months.items()}) == (
        "opinion",
        {date(2026, 10, 1): "70 de 100"},
    )
    assert [capture.numerator for capture in captures_of(opinion.plan)] == [60, 70]


def test_only_the_file_of_what_stands_is_opened_to_everybody(opinion: Indicator) -> None:
    first = wrote(opinion, 60, public=True)
    assert public_evidence() == {first}
    wrote(opinion, 70, public=False)
    assert public_evidence() == set()
    last = wrote(opinion, 80, public=True)
    assert public_evidence() == {last}
