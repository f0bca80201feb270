from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from factories import newsroom as news
from pregon.newsroom.models import Campaign

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
    ],
)
def test_it_runs_from_its_first_day_to_its_last(day: date, runs: bool) -> None:
    campaign = Campaign(title="x", since=date(2026, 11, 1), until=date(2026, 11, 30))
    assert campaign.runs_on(day) is runs


def test_one_without_an_end_goes_on() -> None:
    assert Campaign(title="x", since=date(2026, 11, 1)).runs_on(date(2036, 1, 1))


def test_one_that_ends_before_it_begins_is_refused() -> None:
    campaign = news.campaign(public=False)
    campaign.until = date(2020, 1, 1)
    with pytest.raises(ValidationError) as refusal:
        campaign.full_clean()
    assert refusal.value.message_dict == {"until": ["La campaña termina antes de empezar."]}
