"""The values that the lines of a document became, beside the words that name them.

Whoever confirms a plan has to see «meta: 100» and not only that a meta was found: a shifted column or a figure taken
for another is noticed there, and nowhere later. A long text that went in as it stands is not said twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from pregon.core.text import fold, shorten
from pregon.plan.enums import Dimension, Direction, Frequency, Kind, Level
from pregon.plan.importing.labels import LABELS, MONTHS, Field
from pregon.plan.values import Draft, IndicatorLine, PlanPart, Understood, is_per_cent

#: Most letters of a value beside its line.
MOST = 120
CHOSEN: dict[str, type[Level | Kind | Dimension | Direction | Frequency]] = {
    "level": Level,
    "kind": Kind,
    "dimension": Dimension,
    "direction": Direction,
    "frequency": Frequency,
}
Thing = TypeVar("Thing")
Spoken = Iterator[tuple[str, str]]


def with_values(draft: Draft) -> Draft:
    """The same draft, in which each line says what stands in the plan because of it."""
    return replace(
        draft, lines=tuple(replace(line, parts=parts_of(line, draft.plan)) for line in draft.lines)
    )


def parts_of(line: Understood, plan: PlanPart) -> tuple[tuple[str, str], ...]:
    """Each thing that ``line`` became with its value; without one where nothing could be said of it."""
    found: list[tuple[str, str]] = []
    for said in filter(None, line.becomes.split("; ")):
        named = [(what, beside(value, line.text)) for what, value in spoken(said, plan)]
        if not named and found and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}; {said}", "")
        else:
            found += named or [(said, "")]
    return tuple(found)


def spoken(said: str, plan: PlanPart) -> Spoken:
    """What one sentence of a line names, with its value."""
    for pattern, tell in _sentences().items():
        if match := re.fullmatch(pattern, said):
            yield from tell(said, match, plan)
            return


def of_indicator(said: str, match: re.Match[str], plan: PlanPart) -> Spoken:
    indicator = _at(plan.every_indicator, match["number"])
    if indicator is None:
        return
    attributes = _attributes()
    for place, what in enumerate(match["what"].split(", ")):
        head = said[: match.start("what")] if place == 0 else ""
        yield head + what, value_of(indicator, attributes.get(what, ""))


def of_programme(said: str, match: re.Match[str], plan: PlanPart) -> Spoken:
    programme = _at(plan.programmes, match["number"])
    if programme is None:
        return
    what = match["what"]
    if what == _("nombre"):
        yield said, programme.name
    elif numbered := re.fullmatch(_pattern(_("insumo %(number)s")), what):
        needed = _at(programme.inputs, numbered["number"])
        amount = f" (${needed.amount})" if needed and needed.amount is not None else ""
        yield said, f"{needed.description}{amount}" if needed else ""
    else:
        value = getattr(programme, _attributes().get(what, ""), "")
        yield said, value if isinstance(value, str) else ""


def of_activity(said: str, match: re.Match[str], plan: PlanPart) -> Spoken:
    activity = _at(plan.every_activity, match["number"])
    yield said, activity.description if activity else ""


def of_goal(said: str, match: re.Match[str], plan: PlanPart) -> Spoken:
    yield said, _at(plan.goals, match["number"]) or ""


def of_plan(value: Callable[[PlanPart], str]) -> Callable[[str, re.Match[str], PlanPart], Spoken]:
    def tell(said: str, match: re.Match[str], plan: PlanPart) -> Spoken:
        yield said, value(plan)

    return tell


def value_of(indicator: IndicatorLine, attribute: str) -> str:
    """One field of an indicator in words."""
    if attribute == "target":
        figure = _figure(indicator.target, indicator)
        return " · ".join(filter(None, (figure, indicator.target_text)))
    if attribute == "milestones":
        return ", ".join(
            f"{MONTHS[month - 1]} {_figure(goal, indicator)}" for month, goal in indicator.milestones
        )
    value = getattr(indicator, attribute, None) if attribute else None
    if attribute in CHOSEN and value:
        return str(CHOSEN[attribute](value).label)
    if attribute in {"baseline", "previous"}:
        return _figure(value, indicator)
    if isinstance(value, Decimal):
        return f"{_plain(value)} %"
    return "" if value is None else str(value)


def beside(value: str, source: str) -> str:
    """``value`` as short as it is compared at a glance; nothing where the line itself says it whole."""
    if len(value) > MOST and fold(" ".join(source.split())).lstrip("-–—•·* ") in fold(value):
        return ""
    return shorten(value, MOST)


def _sentences() -> Mapping[str, Callable[[str, re.Match[str], PlanPart], Spoken]]:
    """How a line says what it became, as the reader of documents words it."""
    return {
        _pattern(_("Indicador %(number)s · %(what)s")): of_indicator,
        _pattern(_("Programa %(number)s · %(what)s")): of_programme,
        _pattern(_("Actividad %(number)s")) + "(?: · .+)?": of_activity,
        _pattern(_("Propósito %(number)s")): of_goal,
        re.escape(_("Título del plan")): of_plan(lambda plan: plan.title),
        re.escape(_("unidad responsable")): of_plan(lambda plan: plan.unit_name),
        re.escape(_("Quién responde")): of_plan(lambda plan: plan.responsible),
    }


def _pattern(words: str) -> str:
    return words % {"number": r"(?P<number>\d+)", "what": "(?P<what>.+)"}


def _attributes() -> dict[str, str]:
    return {str(title): field.value for field, (title, _names) in LABELS.items() if field is not Field.RED}


def _at(things: tuple[Thing, ...], number: str) -> Thing | None:
    return things[int(number) - 1] if 0 < int(number) <= len(things) else None


def _figure(value: Decimal | None, indicator: IndicatorLine) -> str:
    if value is None:
        return ""
    return f"{_plain(value)} %" if is_per_cent(indicator.unit) else _plain(value)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
