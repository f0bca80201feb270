"""An activity with its twelve months: which were planned, and in which something was done."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.plan.contract import PERCENT, Period, Reading
from pregon.plan.enums import Light, Mark
from pregon.plan.models import Activity, Plan
from pregon.plan.queries.asking import Asking
from pregon.plan.queries.figures import ActivitySheet, Figure, MonthCell, counted, rounded

WORDS = {
    Light.GREEN: gettext_lazy("Al corriente"),
    Light.YELLOW: gettext_lazy("Hay meses sin registros"),
    Light.GREY: gettext_lazy("Sin dato"),
}


def activity_sheet(activity: Activity, plan: Plan, asking: Asking, window: Period | None) -> ActivitySheet:
    activity.plan = plan
    measure, reading = asking.about(activity)
    trouble = asking.trouble(activity)
    months = _months(activity, plan, reading, asking)
    looked_at = months
    if window:
        looked_at = months[window.first.month - 1 : window.last.month]
        reading = reading.within(window) if reading else None
    answer = counted(reading, asked=asking.asked(activity, window or asking.year))
    figure = None
    if measure or reading or trouble:
        light = activity_light(looked_at)
        done, planned = done_of_planned(looked_at)
        part = answer.value if answer and answer.share else PERCENT * done / planned if planned else None
        figure = Figure(
            name=activity.short_name or (str(measure.title) if measure else activity.description),
            text=answer.text if answer else _("sin dato"),
            value=answer.value if answer else None,
            percent=rounded(part),
            target=None,
            light=light,
            word=_word(light, looked_at),
            url=activity.get_absolute_url(),
            unit=answer.unit if answer else "",
            along=_along(done, planned) if answer and not answer.share else "",
            by_hand=bool(reading and reading.by_hand),
            trouble=trouble,
        )
    return ActivitySheet(
        activity=activity,
        months=months,
        figure=figure,
        measure=measure,
        reading=reading,
    )


def _months(activity: Activity, plan: Plan, reading: Reading | None, asking: Asking) -> tuple[MonthCell, ...]:
    now, trouble = asking.month, asking.trouble(activity)
    cells = []
    for number, planned in enumerate(activity.months, start=1):
        answer = reading.within(Period.month(plan.year, number)) if reading else None
        count = _evidence_in(answer) if answer else 0
        answered = bool(answer and (answer.kept or answer.missing))
        cells.append(
            MonthCell(
                name=str(MONTHS[number]).lower(),
                short=str(MONTHS_3[number]).lower(),
                planned=planned,
                mark=_mark(
                    planned=planned,
                    measured=answered if trouble else bool(activity.measure) or reading is not None,
                    count=count,
                    ahead=number - now,
                    before=not answered
                    and number < now
                    and (asking.since is None or Period.month(plan.year, number).last < asking.since),
                ),
                count=count,
                now=number == now,
            )
        )
    return tuple(cells)


def _evidence_in(answer: Reading) -> int:
    """How many records prove that something was done: a zero that a person wrote down proves nothing."""
    return sum(len(kept.records) for kept in answer.kept if kept.amount) + len(answer.beyond)


def done_of_planned(months: Iterable[MonthCell]) -> tuple[int, int]:
    """In how many of the planned months something was done; those before the office kept records count for nobody."""
    planned = [cell for cell in months if cell.planned and cell.mark is not Mark.BEFORE]
    return sum(cell.mark is Mark.DONE for cell in planned), len(planned)


def _along(done: int, planned: int) -> str:
    """Of one month alone the colour says it all."""
    return _("%(done)s de %(planned)s meses") % {"done": done, "planned": planned} if planned > 1 else ""


def _mark(*, planned: bool, measured: bool, count: int, ahead: int, before: bool) -> Mark:
    if count:
        return Mark.DONE if planned else Mark.EXTRA
    if not planned:
        return Mark.NONE
    if not measured:
        return Mark.UNMEASURED
    if before:
        return Mark.BEFORE
    if ahead == 0:
        return Mark.NOW
    return Mark.AHEAD if ahead > 0 else Mark.LATE


def activity_light(months: Iterable[MonthCell]) -> Light:
    """An activity promises months and not a figure: it is on time while no planned month passed empty."""
    marks = {cell.mark for cell in months}
    if Mark.LATE in marks:
        return Light.YELLOW
    return Light.GREEN if Mark.DONE in marks else Light.GREY


def _word(light: Light, months: Iterable[MonthCell]) -> str:
    """Grey stands for no records at all, or for records of a month that nobody planned."""
    if light is Light.GREY and any(cell.mark is Mark.EXTRA for cell in months):
        return str(Mark.EXTRA.label)
    return str(WORDS[light])
