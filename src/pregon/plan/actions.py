"""Verbs over plans: load one from its file, and furnish the office that the same file describes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pregon.accounts.models import Department, Locality, Office, Topic
from pregon.core.text import slug
from pregon.plan import registry
from pregon.plan.errors import BrokenPlan, UnknownMeasure
from pregon.plan.models import Activity, Indicator, Input, Plan, Programme
from pregon.plan.reading import read
from pregon.plan.values import ActivityLine, IndicatorLine, MeasureLine, PlanFile, PlanPart, ProgrammeLine


@transaction.atomic
def load_plan(path_or_name: Path | str, *, at: datetime, year: int | None = None) -> Plan:
    """Load a plan file, all of it or nothing; the same file again changes nothing but what the file changed.

    ``year`` moves the plan to another year. A promise is not a result: the result of the year before stays
    behind, and the source note tells of the move.
    """
    file = read(path_or_name)
    check_measures(file)
    part = file.plan
    moved = year if year and year != part.year else None
    plan, _created = Plan.objects.update_or_create(
        slug=f"{part.key}-{moved or part.year}",
        defaults={
            "year": moved or part.year,
            "title": part.title,
            "unit_name": part.unit_name,
            "description": part.description,
            "mission": part.mission,
            "vision": part.vision,
            "values": [{"name": name, "text": text} for name, text in part.values],
            "goals": list(part.goals),
            "source": _source(part, moved),
        },
    )
    _fill(plan, part, keep_result=not moved)
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
    lines: list[IndicatorLine | ActivityLine] = [*part.indicators, *part.activities]
    for programme in part.programmes:
        lines += [*programme.indicators, *programme.activities]
    return [line.measure for line in lines if line.measure.name]


def _fill(plan: Plan, part: PlanPart, *, keep_result: bool) -> None:
    """Make the rows of ``plan`` those of the file: rows keep their key, and those gone from the file go."""
    programmes = [_programme(plan, order, line) for order, line in enumerate(part.programmes, start=1)]
    indicators: list[tuple[Programme | None, IndicatorLine]] = [(None, line) for line in part.indicators]
    activities: list[tuple[Programme | None, ActivityLine]] = [(None, line) for line in part.activities]
    for programme, line in zip(programmes, part.programmes, strict=True):
        indicators += [(programme, indicator) for indicator in line.indicators]
        activities += [(programme, activity) for activity in line.activities]
    kept = [
        _indicator(plan, owner, order, line, keep_result=keep_result).pk
        for order, (owner, line) in enumerate(indicators, start=1)
    ]
    plan.indicators.exclude(pk__in=kept).delete()
    kept = [
        _activity(plan, owner, number, line).pk for number, (owner, line) in enumerate(activities, start=1)
    ]
    plan.activities.exclude(pk__in=kept).delete()
    plan.programmes.filter(order__gt=len(programmes)).delete()


def _programme(plan: Plan, order: int, line: ProgrammeLine) -> Programme:
    programme: Programme
    programme, _created = Programme.objects.update_or_create(
        plan=plan,
        order=order,
        defaults={
            "name": line.name,
            "general_objective": line.general_objective,
            "particular_objective": line.particular_objective,
            "strategy": line.strategy,
            "line_of_action": line.line_of_action,
            "programme_name": line.programme_name,
            "description": line.description,
            "months": list(line.months),
        },
    )
    wanted = [(needed.description, needed.amount) for needed in line.inputs]
    if wanted != list(Input.objects.filter(programme=programme).values_list("description", "amount")):
        Input.objects.filter(programme=programme).delete()
        Input.objects.bulk_create(
            Input(programme=programme, description=description, amount=amount)
            for description, amount in wanted
        )
    return programme


def _indicator(
    plan: Plan, programme: Programme | None, order: int, line: IndicatorLine, *, keep_result: bool
) -> Indicator:
    indicator, _created = Indicator.objects.update_or_create(
        plan=plan,
        code=line.code,
        defaults={
            "programme": programme,
            "order": order,
            "name": line.name,
            "short_name": line.short_name,
            "definition": line.definition,
            "unit": line.unit,
            "baseline": line.baseline,
            "baseline_year": line.baseline_year,
            "previous": line.previous if keep_result else None,
            "target": line.target,
            "target_text": line.target_text,
            "direction": line.direction,
            "green_from": line.green_from,
            "yellow_from": line.yellow_from,
            "overshoot": line.overshoot,
            "overshoot_from": line.overshoot_from,
            "frequency": line.frequency,
            "measure": line.measure.name,
            "parameters": line.measure.parameters,
        },
    )
    return indicator


def _activity(plan: Plan, programme: Programme | None, number: int, line: ActivityLine) -> Activity:
    activity, _created = Activity.objects.update_or_create(
        plan=plan,
        number=number,
        defaults={
            "programme": programme,
            "description": line.description,
            "short_name": line.short_name,
            "months": list(line.months),
            "measure": line.measure.name,
            "parameters": line.measure.parameters,
        },
    )
    return activity


def _source(part: PlanPart, moved: int | None) -> str:
    if not moved:
        return part.source
    note = _(
        "Este plan se escribió para %(written)s y aquí se muestra con las fechas de %(moved)s: "
        "sus metas están por revisarse."
    ) % {"written": part.year, "moved": moved}
    return f"{part.source} {note}".strip()


def _name(model: type[Department | Locality | Topic], names: Iterable[str]) -> None:
    for name in names:
        model.objects.update_or_create(slug=slug(name), defaults={"name": name})
