"""Load a plan from its file, and furnish the office that the same file describes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Model, Q
from django.utils.translation import gettext as _

from pregon.accounts.models import Department, Locality, Office, Topic
from pregon.core.text import slug
from pregon.plan import registry
from pregon.plan.errors import BrokenPlan, CapturesLost, UnknownMeasure
from pregon.plan.models import Activity, Deviation, Indicator, Input, Plan, Programme
from pregon.plan.queries import same_columns
from pregon.plan.reading import read
from pregon.plan.values import ActivityLine, IndicatorLine, MeasureLine, PlanFile, PlanPart, ProgrammeLine

R = TypeVar("R", Programme, Indicator, Activity)
#: Where the numbers of activities wait: past any that a plan has.
PARKED = 10_000


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
    _let_go(plan.indicators.exclude(code__in=by_code))
    rows = _activities_at(plan, [said.description for _owner, said in activities])
    _let_go(plan.activities.exclude(pk__in=[row.pk for row in rows if row.pk]))
    plan.activities.update(number=F("number") + PARKED)  # no two share a number while they change places
    for number, (row, (owner, said)) in enumerate(zip(rows, activities, strict=True), start=1):
        _say(row, owner, number, said, by_code.get(said.indicator))
    done = _written(rows, key=("id",))
    for indicator, (_owner, told) in zip(measured, indicators, strict=True):
        _tell(indicator.deviations, told, indicator=indicator)
    for activity, (_owner, said) in zip(done, activities, strict=True):
        _tell(activity.deviations, said, activity=activity)
    plan.programmes.filter(order__gt=len(programmes)).delete()


def _written(rows: list[R], *, key: tuple[str, ...], first_only: tuple[str, ...] = ()) -> list[R]:
    """``rows`` where those of the same ``key`` stood, in one question: each saved by itself would tell whoever listens
    to the plan of all its pages, and it tells of itself when it is whole."""
    if not rows:
        return []
    columns = {column.name for column in rows[0]._meta.concrete_fields if not column.primary_key}
    written: list[R] = type(rows[0]).objects.bulk_create(
        rows, update_conflicts=True, unique_fields=key, update_fields=sorted(columns - {*key, *first_only})
    )
    return written


def _activities_at(plan: Plan, descriptions: Sequence[str]) -> list[Activity]:
    """The row of each description, whichever number it had before, so that what people captured stays with its
    activity. A description that is new stands for the one that had its number and is gone: it was written otherwise."""
    known: dict[str, list[Activity]] = {}
    for row in plan.activities.all():
        known.setdefault(row.description, []).append(row)
    found = [known[said].pop(0) if known.get(said) else None for said in descriptions]
    left = {row.number: row for rows in known.values() for row in rows}
    return [row or left.pop(number, None) or Activity(plan=plan) for number, row in enumerate(found, start=1)]


def _let_go(rows: Any) -> None:
    """Delete ``rows``, unless people wrote something down of one. Raises :class:`CapturesLost`."""
    written = Q(captures__isnull=False) | Q(deviations__at__isnull=False)
    if row := rows.filter(written).first():
        raise CapturesLost(
            _(
                "No se cargó nada: «%(name)s» tiene cifras o explicaciones escritas a mano y ya no está en el "
                "documento. Ponlo en el documento, o carga el plan con otra clave."
            )
            % {"name": row.name}
        )
    rows.delete()


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


def _say(
    row: Activity, programme: Programme | None, number: int, line: ActivityLine, indicator: Indicator | None
) -> None:
    said = plain(line, Activity) | {
        "programme": programme,
        "indicator": indicator,
        "number": number,
        "months": list(line.months),
        "amounts": {str(month): str(amount) for month, amount in line.amounts},
        "done": list(line.done),
        "measure": line.measure.name,
        "parameters": line.measure.parameters,
    }
    for name, value in said.items():
        setattr(row, name, value)


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
