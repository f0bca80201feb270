"""Plans to be told of: one with figures, and one whose every text is hostile."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from factories.plan import (
    ActivityFactory,
    IndicatorFactory,
    PlanFactory,
    ProgrammeFactory,
    act,
    bulletin,
    moment,
)
from pregon.accounts.models import Office, User
from pregon.agenda.enums import Settlement
from pregon.plan import actions
from pregon.plan.models import Capture, Deviation, Indicator, Input, Plan
from pregon.plan.reports.blocks import Document
from pregon.plan.reports.layouts import LAYOUTS, composed
from pregon.plan.reports.letterhead import Letterhead
from pregon.plan.reports.progress import Report, Span, report_of

AT = moment("2026-11-27")
HOSTILE = (
    '#import "x" $ 1/0 $ *sin cerrar _tampoco `ni esto </td><script>alert(1)</script> {{ x }} \\u{41} @a <b> '
    '=HYPERLINK("http://malo.example") \x00\x07 😀🏳️‍🌈 漢字 ﷽ A\u0301 ' + "w" * 300
)


@pytest.fixture
def office(db: None) -> Office:
    office = Office.load()
    office.municipality, office.state, office.name = "Villa Muestra", "Jalisco", "Comunicación Social"
    office.save()
    return office


def told(plan: Plan, span: Span | None = None, *, at: datetime = AT) -> Report:
    return report_of(plan, span or Span(year=2026, quarter=4), at=at)


def document(plan: Plan, layout: str = "oficina", span: Span | None = None) -> Document:
    return composed(told(plan, span), LAYOUTS[layout], Letterhead.of(Office.load()))


@pytest.fixture
def plan(office: Office) -> Plan:
    """October is closed with its two acts, one of them covered; November has a bulletin more."""
    plan = PlanFactory.create(slug="plan-2026", title="Plan de muestra", mission="Contar a tiempo.")
    programme = ProgrammeFactory.create(
        plan=plan, name="Cobertura", general_objective="Que la gente se entere"
    )
    Input.objects.create(programme=programme, description="Cámara", amount=Decimal("1234.5"))
    covered = IndicatorFactory.create(
        plan=plan,
        programme=programme,
        code="actos-cubiertos",
        name="Actos cubiertos",
        measure="acts_covered",
        target=Decimal(100),
        baseline=Decimal(40),
        baseline_year=2025,
    )
    ActivityFactory.create(
        plan=plan,
        programme=programme,
        number=1,
        description="Hacer los boletines",
        measure="bulletins_on_working_days",
    )
    ActivityFactory.create(plan=plan, number=2, description="Guardar la memoria")
    act("2026-10-05", Settlement.COVERED, Settlement.COVERED, title="Entrega del pozo", slug="pozo")
    act("2026-10-06", Settlement.DUE, title="Feria de la salud", slug="feria")
    act("2026-11-04", Settlement.COVERED, title="Reunión interna", slug="interna", public=False)
    for day in ("2026-10-05", "2026-10-06", "2026-11-03"):
        bulletin(day)
    Deviation.objects.create(
        indicator=covered,
        month=10,
        cause="Llovió dos días.",
        effect="Faltó un acto.",
        remedy="Ir dos personas.",
    )
    person = User.objects.create_user("titular@muestra.example")
    Capture.objects.create(
        activity=plan.activities.get(number=2),
        month=11,
        numerator=Decimal(3),
        denominator=Decimal(4),
        note="Lista en papel.",
        at=AT,
        by=person,
    )
    actions.close_month(plan, 10, by=person, at=AT)
    return plan


@pytest.fixture
def hostile(office: Office) -> Plan:
    def long(size: int) -> str:
        return HOSTILE[:size]

    office.name, office.address = long(160).replace("\x00", ""), long(240)
    office.save()
    plan = PlanFactory.create(
        slug="hostil",
        title=long(200),
        unit_name="w" * 160,
        responsible=long(160),
        description=HOSTILE,
        mission=HOSTILE,
        vision=HOSTILE,
        values=[{"name": HOSTILE, "text": HOSTILE}],
    )
    texts = dict.fromkeys(("general_objective", "particular_objective", "strategy", "description"), HOSTILE)
    programme = ProgrammeFactory.create(plan=plan, name="w" * 160, **texts)
    Input.objects.create(programme=programme, description=HOSTILE[:300])
    indicator = IndicatorFactory.create(
        plan=plan,
        programme=programme,
        code="x" * 60,
        name="w" * 160,
        target_text=HOSTILE[:300],
        unit=long(60),
        target=Decimal(100),
        measure="acts_covered",
    )
    activity = ActivityFactory.create(plan=plan, programme=programme, number=1, description=HOSTILE[-300:])
    act("2026-10-05", Settlement.COVERED, title=HOSTILE[:200], slug="hostil")
    act("2026-10-06", title="w" * 200, slug="otro")
    Deviation.objects.create(indicator=indicator, month=10, cause=HOSTILE, effect=HOSTILE, remedy=HOSTILE)
    Capture.objects.create(activity=activity, month=10, numerator=Decimal(1), note=HOSTILE, at=AT)
    return plan


@pytest.fixture
def crowded(office: Office) -> Plan:
    """Two hundred indicators, and none with a figure."""
    plan = PlanFactory.create(slug="lleno", title="Plan lleno")
    Indicator.objects.bulk_create(
        IndicatorFactory.build(
            plan=plan, code=f"indicador-{number}", name=f"Indicador número {number}", order=number
        )
        for number in range(200)
    )
    return plan
