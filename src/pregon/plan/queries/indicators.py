"""An indicator with its figure: how much was wanted by now, its light, its plot, its forecast."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from pregon.core.calendar import WorkingCalendar
from pregon.plan import lights
from pregon.plan.contract import PERCENT, Period, Reading
from pregon.plan.enums import Light
from pregon.plan.forecasting import Forecast, Seen, number_at_the_end, share_at_the_end
from pregon.plan.models import Indicator, Plan
from pregon.plan.queries.asking import Asking
from pregon.plan.queries.figures import TENTH, Figure, IndicatorSheet, Level, counted, rounded
from pregon.plan.values import is_per_cent

#: The narrowest band that is seen.
ONE_PER_CENT = Decimal(1)


def indicator_sheet(
    indicator: Indicator, plan: Plan, asking: Asking, window: Period | None
) -> IndicatorSheet:
    indicator.plan = plan
    measure, reading = asking.about(indicator)
    if reading and window:
        reading = reading.within(window)
    answer = counted(reading, asked=asking.asked(indicator, window or asking.year))
    value = answer.value if answer else None
    stretch = asking.stretch(window)
    now = wanted_of(indicator, stretch, asking.calendar, share=answer.share) if answer else None
    whole = wanted_of(indicator, stretch.whole, asking.calendar, share=answer.share) if answer else None
    light = lights.light(indicator, value, now=now, whole=whole, stretch=stretch)
    share = value if answer and answer.share else None
    if value is not None and whole:
        share = lights.share_of(value, whole, direction=indicator.direction)
    figure = Figure(
        name=indicator.short_name or indicator.name,
        text=answer.text if answer else _("sin dato"),
        value=value,
        percent=rounded(share),
        target=indicator.target,
        light=light,
        word=_word(light, value=value, target=whole),
        url=indicator.get_absolute_url(),
        unit=answer.unit if answer else "",
        wanted=rounded(now) if now != whole and value is not None else None,
        by_hand=bool(reading and reading.by_hand),
        trouble=asking.trouble(indicator),
    )
    forecast = forecast_of(reading, stretch, asking.calendar) if measure and not window else None
    return IndicatorSheet(
        indicator=indicator,
        figure=figure,
        levels=_levels(indicator, reading, value, forecast),
        measure=measure,
        reading=reading,
        forecast=forecast,
    )


def wanted_of(
    indicator: Indicator, stretch: lights.Stretch, calendar: WorkingCalendar, *, share: bool
) -> Decimal | None:
    """How much was wanted of ``indicator`` in the days of ``stretch`` that are over."""
    goal = lights.Goal(
        year=indicator.plan.year,
        target=indicator.target,
        milestones={int(month): Decimal(value) for month, value in indicator.milestones.items()},
        cumulative=indicator.cumulative,
        frequency=indicator.frequency,
    )
    return lights.wanted(goal, stretch, calendar, share=share)


def forecast_of(
    reading: Reading | None, stretch: lights.Stretch, calendar: WorkingCalendar
) -> Forecast | None:
    """Where a figure that records tell will be when its year ends. What people wrote down comes once a month: too
    seldom to tell a rhythm."""
    if reading is None or reading.by_hand or stretch.over:
        return None
    seen = Seen(
        kept=[kept.amount for kept in reading.kept],
        missed=[missing.amount for missing in reading.missing],
        days=_working_days(calendar, stretch.first, stretch.until),
        days_left=_working_days(calendar, stretch.until, stretch.whole.until),
    )
    return share_at_the_end(seen) if reading.share else number_at_the_end(seen)


def _working_days(calendar: WorkingCalendar, first: date, until: date) -> int:
    return len(calendar.between(first, until - timedelta(days=1))) if until > first else 0


def _levels(
    indicator: Indicator, reading: Reading | None, value: Decimal | None, forecast: Forecast | None
) -> tuple[Level, ...]:
    """Baseline, the year before, now and target on one scale that begins at zero."""
    per_cent = in_per_cent(indicator, reading)
    rows: list[tuple[str, Decimal | None, str]] = []
    year = f" ({indicator.baseline_year})" if indicator.baseline_year else ""
    rows.append((_("Línea base") + year, indicator.baseline, _("sin dato")))
    if indicator.baseline is not None or indicator.previous is not None:
        rows.append(
            (_("Resultado %(year)s") % {"year": indicator.plan.year - 1}, indicator.previous, _("sin dato"))
        )
    rows.append((_("Ahora"), value, _("sin dato")))
    rows.append((_("Meta %(year)s") % {"year": indicator.plan.year}, indicator.target, _("sin meta")))
    ends = [forecast.high] if forecast else []
    top = max([PERCENT, *ends, *(level for _label, level, _empty in rows if level is not None)])
    drawn = tuple(
        Level(
            label=label,
            value=level,
            text=empty if level is None else number_of(level, per_cent=per_cent),
            length=Decimal(0) if level is None else (PERCENT * level / top).quantize(TENTH, ROUND_HALF_UP),
            now=label == _("Ahora"),
        )
        for label, level, empty in rows
    )
    if forecast is None:
        return drawn
    start, end = (
        (PERCENT * edge / top).quantize(TENTH, ROUND_HALF_UP) for edge in (forecast.low, forecast.high)
    )
    band = Level(
        label=_("Al cierre del año"),
        value=forecast.high,
        text=f"{forecast.low}–{forecast.high}{' %' if forecast.share else ''}",
        start=start,
        length=max(end - start, ONE_PER_CENT),
    )
    return (*drawn[:-1], band, drawn[-1])


def in_per_cent(indicator: Indicator, reading: Reading | None) -> bool:
    """Whatever unit the document names, what answers it says whether it is a share."""
    return reading.share if reading else is_per_cent(indicator.unit)


def number_of(level: Decimal, *, per_cent: bool) -> str:
    rounded = f"{level.quantize(TENTH, ROUND_HALF_UP):f}".removesuffix(".0")
    return f"{rounded} %" if per_cent else rounded


def _word(light: Light, *, value: Decimal | None, target: Decimal | None) -> str:
    """The light in words; grey says which of the two is missing."""
    if light is not Light.GREY:
        return str(light.label)
    return _("Sin meta") if target is None and value is not None else _("Sin dato")
