"""What the ficha técnica of an indicator says, and what it leaves out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from factories.plan import IndicatorFactory
from pregon.plan.contract import Kept, Missing, Reading
from pregon.plan.queries import datasheet

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 20)
TWO_OF_THREE = Reading(
    unit="actos",
    kept=(Kept(when=DAY, records=()),) * 2,
    missing=(Missing(when=DAY, title="", detail=""),),
)


def test_numerator_and_denominator_have_their_words_and_their_values() -> None:
    indicator = IndicatorFactory.create(numerator="Actos cubiertos", denominator="")
    said = dict(datasheet(indicator, TWO_OF_THREE))
    assert (said["Numerador"], said["Denominador"]) == ("Actos cubiertos: 2", "3")


def test_what_the_plan_leaves_empty_is_left_out() -> None:
    indicator = IndicatorFactory.create(frequency="", level="", target=None, target_text="")
    said = dict(datasheet(indicator, None))
    assert {"Frecuencia", "Nivel", "Numerador", "Semáforo"} & said.keys() == set()
    assert said[f"Meta {indicator.plan.year}"] == "Sin meta"


def test_what_the_plan_says_is_said_in_words() -> None:
    indicator = IndicatorFactory.create(
        frequency="cuatrimestral", level="componente", baseline=Decimal(40), baseline_year=2025,
        unit="Porcentaje", milestones={"6": "50", "3": "25.5"},
    )  # fmt: skip
    said = dict(datasheet(indicator, None))
    assert (said["Frecuencia"], said["Nivel"]) == ("Cuatrimestral", "Componente")
    assert (said["Línea base (2025)"], said["Metas por mes"]) == ("40 %", "marzo 25.5, junio 50")
