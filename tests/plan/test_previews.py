"""What a measure would have said until now."""

from __future__ import annotations

from datetime import date

import pytest

from factories.plan import bulletin, moment
from pregon.plan import registry
from pregon.plan.contract import Question, Reading
from pregon.plan.errors import MeasureFailed, UnknownMeasure
from pregon.plan.previews import past_months, preview

pytestmark = pytest.mark.django_db

AT = moment("2026-11-20")


def test_the_past_months_are_twelve_and_cross_the_year() -> None:
    months = past_months(date(2026, 3, 31))
    assert (len(months), months[0], months[-1]) == (12, date(2026, 3, 1), date(2025, 4, 1))


def test_a_number_is_drawn_against_its_best_month() -> None:
    for when in ("2026-10-05", "2026-10-06", "2026-11-10"):
        bulletin(when)
    shown = preview("bulletins_published", {}, at=AT)
    assert [(month.name, month.text, month.length) for month in shown.months] == [
        ("noviembre 2026", "1", 50),
        ("octubre 2026", "2", 100),
    ]
    assert shown.since == date(2026, 10, 5)


def test_an_old_office_has_twelve_months() -> None:
    bulletin("2024-10-05")
    shown = preview("bulletins_published", {}, at=AT)
    assert (len(shown.months), shown.since) == (12, None)


def test_a_share_is_drawn_as_it_is() -> None:
    bulletin("2026-11-10", easy_reading="Ya quedó.")
    bulletin("2026-11-11", easy_reading="")
    now = preview("bulletins_in_easy_reading", {}, at=AT).months[0]
    assert (now.text, now.length, now.words) == ("50 %", 50, "1 de 2")


def test_a_month_in_which_nothing_was_owed_has_no_bar() -> None:
    bulletin("2026-11-10")
    assert preview("acts_covered", {}, at=AT).months[0].words == "nada se debía"


def test_the_newest_records_stand_below_and_the_others_are_counted() -> None:
    for day in range(10, 20):
        bulletin(f"2026-11-{day}")
    shown = preview("bulletins_published", {}, at=AT)
    assert ([record.when.day for record in shown.records][:2], shown.more) == ([19, 18], 2)


def test_an_office_without_records_has_no_month_to_show() -> None:
    shown = preview("bulletins_published", {}, at=AT)
    assert (shown.months, shown.whole, shown.more) == ((), None, 0)


def test_a_measure_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownMeasure):
        preview("likes", {}, at=AT)


def test_a_measure_that_breaks_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(question: Question) -> Reading:
        raise ZeroDivisionError(question)

    monkeypatch.setattr(registry, "_measures", dict(registry._measures))
    registry.measure("breaking", title="Visitas", how="", parameters=[], reads=[])(breaks)
    bulletin("2026-11-10")
    with pytest.raises(MeasureFailed, match="No se pudo medir «Visitas»"):
        preview("breaking", {}, at=AT)
