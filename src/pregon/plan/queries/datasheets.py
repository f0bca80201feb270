"""The ficha técnica of an indicator as every page and report tells it: what it measures, how, from where to where. What
the plan leaves empty is left out."""

from __future__ import annotations

from decimal import Decimal

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from pregon.plan.contract import Reading, written
from pregon.plan.models import Indicator
from pregon.plan.queries.figures import ActivitySheet, IndicatorSheet
from pregon.plan.queries.indicators import in_per_cent, number_of

Row = tuple[str, str]


def how_measured(row: IndicatorSheet | ActivitySheet) -> str:
    """Which measure answers it and how that counts, or that a person writes it down; nothing where neither does."""
    if row.measure:
        return f"{row.measure.title}: {row.measure.how}"
    return _("Captura a mano") if row.figure and row.figure.by_hand else ""


def datasheet(indicator: Indicator, reading: Reading | None, *, how: str = "") -> tuple[Row, ...]:
    """Names with what they say; ``reading`` gives numerator and denominator their values. ``how`` it is measured is
    left out where it stands beside."""
    per_cent = in_per_cent(indicator, reading)
    measured = reading is not None and reading.value is not None
    done = reading.numerator if reading and measured else None
    owed = reading.denominator if reading and measured and reading.share else None
    base = (
        _("Línea base (%(year)s)") % {"year": indicator.baseline_year}
        if indicator.baseline_year
        else _("Línea base")
    )
    rows = (
        (_("Clave"), indicator.code),
        (_("Clave en el documento"), indicator.reference),
        (_("Nivel"), indicator.get_level_display()),
        (_("Resumen narrativo"), indicator.narrative),
        (_("Qué mide"), indicator.definition),
        (_("Tipo"), indicator.get_kind_display()),
        (_("Dimensión"), indicator.get_dimension_display()),
        (_("Método de cálculo"), indicator.method),
        (_("Cómo se mide"), how),
        (_("Numerador"), _valued(indicator.numerator, done)),
        (_("Denominador"), _valued(indicator.denominator, owed)),
        (_("Unidad de medida"), indicator.unit),
        (_("Frecuencia"), indicator.get_frequency_display()),
        (_("Sentido"), indicator.get_direction_display()),
        (base, _number(indicator.baseline, per_cent=per_cent)),
        (
            _("Resultado %(year)s") % {"year": indicator.plan.year - 1},
            _number(indicator.previous, per_cent=per_cent),
        ),
        (_("Meta %(year)s") % {"year": indicator.plan.year}, _target(indicator, per_cent=per_cent)),
        (_("Metas por mes"), _milestones(indicator)),
        (_("Semáforo"), _lights(indicator)),
        (_("Medios de verificación"), indicator.verification),
        (_("Supuesto"), indicator.supposition),
        (_("Quién responde"), indicator.responsible),
    )
    return tuple((str(name), str(said)) for name, said in rows if said)


def _valued(words: str, value: Decimal | None) -> str:
    return ": ".join(part for part in (words, "" if value is None else written(value)) if part)


def _number(value: Decimal | None, *, per_cent: bool) -> str:
    return "" if value is None else number_of(value, per_cent=per_cent)


def _target(indicator: Indicator, *, per_cent: bool) -> str:
    figure = _number(indicator.target, per_cent=per_cent)
    said = indicator.target_text
    target = f"{said} ({figure})" if said and figure else said or figure or _("Sin meta")
    return unreviewed(target) if indicator.review_due else target


def unreviewed(target: str) -> str:
    """A target that was copied from another year and that nobody stands for yet."""
    return _("%(target)s, por revisar") % {"target": target}


def _milestones(indicator: Indicator) -> str:
    by_month = sorted((int(month), value) for month, value in indicator.milestones.items())
    return ", ".join(f"{str(MONTHS[month]).lower()} {written(Decimal(value))}" for month, value in by_month)


def _lights(indicator: Indicator) -> str:
    if indicator.target is None:
        return ""
    return _("En meta desde %(green)s %% de ella; atención desde %(yellow)s %%.") % {
        "green": written(indicator.green_from),
        "yellow": written(indicator.yellow_from),
    }
