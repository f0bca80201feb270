"""A plan as the values of its file, and what the linter says of it there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import JSONField, Model, Prefetch

from pregon.plan.enums import Part
from pregon.plan.linting import Lack, lint, together
from pregon.plan.models import Activity, Indicator, Input, Plan
from pregon.plan.queries.advising import advise
from pregon.plan.values import (
    ActivityLine,
    DeviationLine,
    IndicatorLine,
    InputLine,
    MeasureLine,
    PlanPart,
    ProgrammeLine,
)


def as_written(plan: Plan) -> PlanPart:
    """``plan`` as the values of a file: what was loaded from one comes back the same."""
    indicators = list(plan.indicators.select_related("plan").prefetch_related("deviations"))
    activities = list(plan.activities.select_related("indicator").prefetch_related("deviations"))
    programmes = plan.programmes.prefetch_related(Prefetch("inputs", Input.objects.order_by("pk")))
    return PlanPart(
        key=plan.key,
        values=_pairs(plan.values),
        goals=tuple(plan.goals),
        programmes=tuple(
            ProgrammeLine(
                alignment=_pairs(programme.alignment),
                months=tuple(programme.months),
                inputs=tuple(InputLine(**_plain(needed, InputLine)) for needed in programme.inputs.all()),
                indicators=_indicator_lines(indicators, programme.pk),
                activities=_activity_lines(activities, programme.pk),
                **_plain(programme, ProgrammeLine),
            )
            for programme in programmes
        ),
        indicators=_indicator_lines(indicators, None),
        activities=_activity_lines(activities, None),
        **_plain(plan, PlanPart),
    )


def _indicator_lines(indicators: Iterable[Indicator], owner: int | None) -> tuple[IndicatorLine, ...]:
    return tuple(
        IndicatorLine(
            milestones=_by_month(indicator.milestones),
            measure=MeasureLine(name=indicator.measure, parameters=indicator.parameters),
            deviations=_deviation_lines(indicator),
            **_plain(indicator, IndicatorLine),
        )
        for indicator in indicators
        if indicator.programme_id == owner
    )


def _activity_lines(activities: Iterable[Activity], owner: int | None) -> tuple[ActivityLine, ...]:
    return tuple(
        ActivityLine(
            indicator=activity.indicator.code if activity.indicator else "",
            months=tuple(activity.months),
            amounts=_by_month(activity.amounts),
            done=tuple(activity.done),
            measure=MeasureLine(name=activity.measure, parameters=activity.parameters),
            deviations=_deviation_lines(activity),
            **_plain(activity, ActivityLine),
        )
        for activity in activities
        if activity.programme_id == owner
    )


def _deviation_lines(item: Indicator | Activity) -> tuple[DeviationLine, ...]:
    return tuple(DeviationLine(**_plain(went, DeviationLine)) for went in item.deviations.all())


def _by_month(figures: dict[str, str]) -> tuple[tuple[int, Decimal], ...]:
    return tuple(sorted((int(month), Decimal(figure)) for month, figure in figures.items()))


def _pairs(listed: Iterable[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((pair["name"], pair["text"]) for pair in listed)


def _plain(row: Any, line: type) -> dict[str, Any]:
    return {name: getattr(row, name) for name in same_columns(line, type(row))}


def same_columns(line: type, model: type[Model]) -> list[str]:
    """What a line of a file and the rows of ``model`` call the same and write the same."""
    columns = {
        field.name
        for field in model._meta.concrete_fields
        if not field.is_relation and not isinstance(field, JSONField)
    }
    return [field.name for field in dataclasses.fields(line) if field.name in columns - {"measure"}]


def rows_by_place(plan: Plan) -> dict[Part, list[Any]]:
    """The rows of ``plan`` in the order in which a file lists them: a finding names one by its number there."""
    programmes = list(plan.programmes.all())
    places: dict[int | None, int] = {programme.pk: place for place, programme in enumerate(programmes)}
    return {
        Part.PLAN: [plan],
        Part.PROGRAMME: programmes,
        Part.INDICATOR: sorted(plan.indicators.all(), key=lambda row: places.get(row.programme_id, -1)),
        Part.ACTIVITY: sorted(plan.activities.all(), key=lambda row: places.get(row.programme_id, -1)),
    }


def lacks_of(plan: Plan) -> list[Lack]:
    """What :mod:`linting` says of ``plan`` beside the other plans of the office."""
    others = Plan.objects.of(plan.year).exclude(pk=plan.pk)
    beside = [
        PlanPart(key=other.key, title=other.title, year=other.year, kind=other.kind) for other in others
    ]
    return together(lint(as_written(plan), beside=beside, advise=advise))
