from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from factories.newsroom import act
from pregon.website.links import calendars

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def told(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_an_act_is_entered_with_its_hours_place_and_address() -> None:
    made = act("Feria & rifa", start=START, end=START + timedelta(hours=3), description="Trae silla.")
    links = calendars(made)
    google, outlook = told(links["google"]), told(links["outlook"])
    address = f"http://testserver{made.get_absolute_url()}"
    assert google["dates"] == "20261120T180000Z/20261120T210000Z"
    assert (outlook["startdt"], outlook["enddt"]) == ("2026-11-20T18:00:00Z", "2026-11-20T21:00:00Z")
    assert google["text"] == outlook["subject"] == "Feria & rifa"
    assert google["location"] == outlook["location"] == "Plaza principal"
    assert google["details"] == outlook["body"] == f"Trae silla.\n\n{address}"


def test_an_act_without_an_end_takes_an_hour() -> None:
    assert told(calendars(act(start=START))["google"])["dates"] == "20261120T180000Z/20261120T190000Z"
