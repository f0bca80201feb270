"""Load a plan from its file, and furnish the office that the same file describes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from pregon.accounts.models import Department, Locality, Office, Topic
from pregon.core.text import slug
from pregon.plan import registry
from pregon.plan.errors import BrokenPlan, UnknownMeasure
from pregon.plan.models import Activity, Deviation, Indicator, Input, Plan, Programme
from pregon.plan.queries import same_columns
from pregon.plan.reading import read
from pregon.plan.values import ActivityLine, IndicatorLine, MeasureLine, PlanFile, PlanPart, ProgrammeLine

R = TypeVar("R", Programme, Indicator, Activity)


@transaction.atomic
def load_plan(path_or_name: Path | str, *, at: datetime, year: int | None = None) -> Plan:
    """Load a plan file, all of it or nothing; the same file again changes nothing but what the file changed.

    ``year`` moves the plan to another year: see :meth:`PlanPart.in_year`. The source note tells of the move.
    """
    file = read(path_or_name)
    check_measures(file)
    return put_in(file.plan, at=at, year=year)


@transaction.atomic
def put_in(part: PlanPart, *, at: datetime, year: int | None = None) -> Plan:
    """Make the rows of a plan those of ``part``, whatever file it was read from."""
    if year and year != part.year:
        part = replace(part.in_year(year), source=_source(part, year))
    plan, _created = Plan.objects.update_or_create(
        slug=f"{part.key}-{part.year}",
        defaults=plain(part, Plan) | {"values": pairs(part.values), "goals": list(part.goals)},
    )
    _fill(plan, part)
    plan.loaded_at = at
    plan.save(update_fields=["loaded_at"])  # whoever listens to the plan hears of it when it is whole
    return plan


@transaction.atomic
def set_up_office(path_or_name: Path | str) -> Office:
    """Write the office, departments, localities and topics of a plan file; what it leaves out stays."""
    part = read(path_or_name).office
    office: Office = Office.load()
    for name in (
        "municipality",
        "state",
        "name",
        "brand",
        "accent",
        "gold",
        "address",
        "telephones",
        "website",
    ):
        if value := getattr(part, name):
            setattr(office, name, value)
    try:
        office.full_clean()
    except ValidationError as problem:
        raise BrokenPlan(
            _("La oficina del archivo no está bien escrita: %(faults)s")
            % {"faults": " ".join(problem.messages)}
        ) from problem
    office.save()
    for model, names in ((Department, part.departments), (Locality, part.localities), (Topic, part.topics)):
        _name(model, names)
    return office


def check_measures(file: PlanFile) -> None:
    """Raise :class:`BrokenPlan` when the file names a measure or a parameter that nobody answers."""
    faults = []
    for line in _measures(file.plan):
        try:
            registry.scope_of(registry.find(line.name), line.parameters)
        except UnknownMeasure as problem:
            faults.append(str(problem))
    if faults:
        raise BrokenPlan(" ".join(faults), faults=faults)


def _measures(part: PlanPart) -> list[MeasureLine]:
    lines: list[IndicatorLine | ActivityLine] = [*part.every_indicator, *part.every_activity]
    return [line.measure for line in lines if line.measure.name]


def _fill(plan: Plan, part: PlanPart) -> None:
    """Make the rows of ``plan`` those of the file: rows keep their key, and those gone from the file go."""
    programmes = _written(
        [_programme(plan, order, line) for order, line in enumerate(part.programmes, start=1)],
        key=("plan", "order"),
    )
    indicators: list[tuple[Programme | None, IndicatorLine]] = [(None, line) for line in part.indicators]
    activities: list[tuple[Programme | None, ActivityLine]] = [(None, line) for line in part.activities]
    for programme, line in zip(programmes, part.programmes, strict=True):
        inputs = [plain(needed, Input) for needed in line.inputs]
        _hang(Input.objects.filter(programme=programme), inputs, programme=programme)
        indicators += [(programme, indicator) for indicator in line.indicators]
        activities += [(programme, activity) for activity in line.activities]
    measured = _written(
        [_indicator(plan, owner, order, line) for order, (owner, line) in enumerate(indicators, start=1)],
        key=("plan", "code"),
        # A file tells that a target is to be reviewed when it brings it; that somebody did so is no file's business.
        first_only=("review_due", "reviewed_by", "reviewed_at"),
    )
    by_code = {indicator.code: indicator for indicator in measured}
    done = _written(
        [
            _activity(plan, owner, number, line, by_code.get(line.indicator))
            for number, (owner, line) in enumerate(activities, start=1)
        ],
        key=("plan", "number"),
    )
    for indicator, (_owner, said) in zip(measured, indicators, strict=True):
        _tell(indicator.deviations, said, indicator=indicator)
    for activity, (_owner, told) in zip(done, activities, strict=True):
        _tell(activity.deviations, told, activity=activity)
    plan.indicators.exclude(code__in=by_code).delete()
    plan.activities.filter(number__gt=len(done)).delete()
    plan.programmes.filter(order__gt=len(programmes)).delete()


def _written(rows: list[R], *, key: tuple[str, str], first_only: tuple[str, ...] = ()) -> list[R]:
    """``rows`` where those of the same ``key`` stood, in one question: each saved by itself would tell whoever listens
    to the plan of all its pages, and it tells of itself when it is whole."""
    if not rows:
        return []
    columns = {column.name for column in rows[0]._meta.concrete_fields if not column.primary_key}
    written: list[R] = type(rows[0]).objects.bulk_create(
        rows, update_conflicts=True, unique_fields=key, update_fields=sorted(columns - {*key, *first_only})
    )
    return written


def _programme(plan: Plan, order: int, line: ProgrammeLine) -> Programme:
    said = plain(line, Programme) | {"months": list(line.months), "alignment": pairs(line.alignment)}
    return Programme(plan=plan, order=order, **said)


def _indicator(plan: Plan, programme: Programme | None, order: int, line: IndicatorLine) -> Indicator:
    return Indicator(
        plan=plan,
        programme=programme,
        order=order,
        milestones={str(month): str(goal) for month, goal in line.milestones},
        measure=line.measure.name,
        parameters=line.measure.parameters,
        **plain(line, Indicator),
    )


def _activity(
    plan: Plan, programme: Programme | None, number: int, line: ActivityLine, indicator: Indicator | None
) -> Activity:
    return Activity(
        plan=plan,
        programme=programme,
        number=number,
        indicator=indicator,
        months=list(line.months),
        done=list(line.done),
        measure=line.measure.name,
        parameters=line.measure.parameters,
        **plain(line, Activity),
    )


def _tell(there: Any, line: IndicatorLine | ActivityLine, **owner: Any) -> None:
    """What the document says of its months. What people wrote on the desk stays, and is told once."""
    lines = [plain(went, Deviation) for went in line.deviations]
    written = list(there.filter(at__isnull=False).values(*(lines[0] if lines else ())))
    _hang(there.filter(at__isnull=True), [each for each in lines if each not in written], **owner)


def _hang(there: Any, wanted: list[dict[str, Any]], **owner: Any) -> None:
    """Make the rows ``there`` those that are wanted; what is there already stays untouched."""
    if wanted and wanted != list(there.values(*wanted[0])):
        there.all().delete()
        there.model.objects.bulk_create(there.model(**owner, **line) for line in wanted)
    elif not wanted:
        there.all().delete()


def plain(line: Any, model: type[Model]) -> dict[str, Any]:
    return {name: getattr(line, name) for name in same_columns(type(line), model)}


def pairs(lines: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "text": text} for name, text in lines]


def _source(part: PlanPart, moved: int) -> str:
    note = _(
        "Este plan se escribió para %(written)s y aquí se muestra con las fechas de %(moved)s: "
        "sus metas están por revisarse."
    ) % {"written": part.year, "moved": moved}
    return f"{part.source} {note}".strip()


def _name(model: type[Department | Locality | Topic], names: Iterable[str]) -> None:
    for name in names:
        model.objects.update_or_create(slug=slug(name), defaults={"name": name})
