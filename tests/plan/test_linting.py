"""What is wrong with a plan: each rule where it speaks and where it has nothing to say, and the faults of two real
plans as their documents have them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from factories.documents import SEEDS
from pregon.plan.enums import Direction, Level, Part, PlanKind, Severity
from pregon.plan.importing import draft_of
from pregon.plan.linting import RULES, Finding, lint, together
from pregon.plan.reading import read
from pregon.plan.values import (
    NO_MONTH,
    ActivityLine,
    Advice,
    DeviationLine,
    IndicatorLine,
    InputLine,
    MeasureLine,
    PlanPart,
    ProgrammeLine,
)

#: Nothing lacks in these.
INDICATOR = IndicatorLine(
    code="boletines",
    name="Boletines publicados en días hábiles",
    method="Días hábiles con boletín / días hábiles × 100",
    verification="Archivo de boletines del sitio",
    unit="Porcentaje",
    baseline=Decimal(70),
    baseline_year=2024,
    previous=Decimal(80),
    target=Decimal(95),
    target_text="95 % de los días hábiles",
    frequency="mensual",
)
OTHER = replace(
    INDICATOR,
    code="galerias",
    name="Actos con galería de fotos",
    target_text="95 % de los actos",
    method="Actos / actos",
)
ACTIVITY = ActivityLine(description="Elaborar boletines", indicator="boletines", months=(True,) * 12)
PLAN = PlanPart(
    key="comunicacion", title="Plan de muestra", year=2026, indicators=(INDICATOR,), activities=(ACTIVITY,)
)


def plan_of(*indicators: IndicatorLine, **said: Any) -> PlanPart:
    serving = [replace(ACTIVITY, indicator=line.code) for line in indicators]
    return replace(PLAN, **{"indicators": indicators, "activities": tuple(serving), **said})


def sheet(name: str, *indicators: IndicatorLine, inputs: tuple[InputLine, ...] = ()) -> ProgrammeLine:
    return ProgrammeLine(name=name, indicators=indicators, inputs=inputs)


def with_(**said: Any) -> PlanPart:
    """A plan of one indicator that says so."""
    return plan_of(replace(INDICATOR, **said))


def doing(**said: Any) -> PlanPart:
    """A plan of one activity that says so."""
    return replace(PLAN, activities=(replace(ACTIVITY, **said),))


@dataclass(frozen=True)
class Case:
    fires: PlanPart
    silent: PlanPart


SPOTS = replace(
    OTHER, code="spots", name="Realización de spots y carteles", target_text="Cobertura de eventos 100%"
)
EVENTS = replace(
    OTHER, code="eventos", name="Eventos oficiales cubiertos", target_text="Cobertura de Eventos 100%"
)
OPINION = replace(OTHER, name="Opinión pública", target_text="")

CASES: dict[str, list[Case]] = {
    "calendario-de-otro-ano": [
        Case(replace(PLAN, calendar_year=2025), replace(PLAN, calendar_year=2026)),
        Case(replace(PLAN, calendar_year=2027), replace(PLAN, calendar_year=None)),
    ],
    "meta-por-revisar": [Case(with_(review_due=True), with_(review_due=False))],
    "sin-formula": [
        Case(with_(method=""), with_(method="", numerator="Días hábiles con boletín")),
        Case(with_(method=""), with_(method="", measure=MeasureLine(name="bulletins_on_working_days"))),
    ],
    "sin-meta": [Case(with_(target=None), with_(target=Decimal(80)))],
    "sin-fuente": [
        Case(
            with_(verification=""),
            with_(verification="", measure=MeasureLine(name="bulletins_on_working_days")),
        )
    ],
    "sin-frecuencia": [Case(with_(frequency=""), with_(frequency="anual"))],
    "sin-resultado-anterior": [
        Case(with_(previous=None), with_(previous=None, baseline=None)),
        Case(with_(previous=None), with_(previous=Decimal(0))),
    ],
    "base-sin-ano": [Case(with_(baseline_year=None), with_(baseline_year=None, baseline=None))],
    "meta-imposible": [
        Case(with_(unit="Porcentaje", target=Decimal(160)), with_(unit="Porcentaje", target=Decimal(100))),
        Case(
            with_(unit="Porcentaje", target=Decimal(-5)), with_(unit="Tasa de variación", target=Decimal(-5))
        ),
    ],
    "meta-menor-que-la-base": [
        Case(with_(target=Decimal(60)), with_(target=Decimal(70))),
        Case(
            with_(direction=Direction.DOWN.value, target=Decimal(80)),
            with_(direction=Direction.DOWN.value, target=Decimal(60)),
        ),
        Case(with_(target=Decimal(60)), with_(target=Decimal(60), baseline=None)),
    ],
    "metas-por-mes": [
        Case(
            with_(milestones=((3, Decimal(40)), (6, Decimal(30)), (12, Decimal(95)))),
            with_(milestones=((3, Decimal(40)), (6, Decimal(30)), (12, Decimal(95))), cumulative=False),
        ),
        Case(
            with_(milestones=((6, Decimal(40)), (12, Decimal(90)))),
            with_(milestones=((6, Decimal(40)), (12, Decimal(95)))),
        ),
        Case(
            with_(milestones=((6, Decimal(40)), (12, Decimal(90)))),
            with_(milestones=((6, Decimal(40)), (12, Decimal(90))), target=None),
        ),
    ],
    "meta-de-otro": [
        Case(
            plan_of(EVENTS, SPOTS),
            plan_of(EVENTS, replace(SPOTS, target_text="Spots de todas las peticiones")),
        ),
        Case(plan_of(EVENTS, SPOTS), plan_of(SPOTS, replace(SPOTS, code="otros", name="Otros carteles"))),
    ],
    "en-todos-los-programas": [
        Case(
            plan_of(
                programmes=(
                    sheet("Uno", replace(OPINION, code="a")),
                    sheet("Dos", replace(OPINION, code="b", name="La opinion pública.")),
                )
            ),
            plan_of(programmes=(sheet("Uno", replace(OPINION, code="a")), sheet("Dos", INDICATOR))),
        ),
        Case(
            plan_of(programmes=(sheet("Uno", OPINION), sheet("Dos", replace(OPINION, code="b")))),
            plan_of(programmes=(sheet("Uno", OPINION),)),
        ),
    ],
    "indicador-repetido": [
        Case(
            plan_of(OPINION, replace(OPINION, code="b", name="LA OPINIÓN PÚBLICA")),
            plan_of(OPINION, INDICATOR),
        ),
    ],
    "unidad-ajena": [
        Case(
            with_(
                unit="Tiempo", name="Redes sociales", target_text="Se actualizan todos los días", method=""
            ),
            with_(unit="Tiempo", name="Tiempo de respuesta", target_text="Dos horas", method=""),
        ),
        Case(
            with_(unit="Número de sujetos obligados", name="Formatos", target_text="Disponibles", method=""),
            with_(unit="Número de formatos", name="Formatos", target_text="Disponibles", method=""),
        ),
        Case(with_(unit="Boletines"), with_(unit="Boletines", target_text="Uno en cada día hábil")),
        Case(with_(target_text="24 videos al año"), with_(target_text="90 por ciento de lo pedido")),
        Case(
            with_(unit="Personas", name="Carteles", target_text="Uno por evento", method=""),
            with_(unit="Personas", name="Asistentes al taller", target_text="Doscientas", method=""),
        ),
    ],
    "no-aplica": [
        Case(with_(definition="N/A"), with_(definition="Navidad")),
        Case(
            replace(PLAN, programmes=(ProgrammeLine(name="Uno", programme_name="NA"),)),
            replace(PLAN, programmes=(ProgrammeLine(name="Uno", programme_name=""),)),
        ),
        Case(doing(supposition="No aplica"), doing(supposition="No aplica la veda")),
    ],
    "actividad-sin-meses": [Case(doing(months=NO_MONTH), doing(months=(True, *NO_MONTH[1:])))],
    "actividad-sin-indicador": [
        Case(doing(indicator=""), doing(indicator="boletines")),
        Case(doing(indicator="otra-clave"), doing(indicator="boletines")),
    ],
    "indicador-sin-actividad": [
        Case(replace(PLAN, activities=()), PLAN),
        Case(
            replace(PLAN, activities=()),
            replace(with_(level=Level.PURPOSE.value), activities=()),
        ),
    ],
    "insumo-sin-monto": [
        Case(
            replace(PLAN, programmes=(sheet("Uno", inputs=(InputLine(description="Una cámara"),)),)),
            replace(
                PLAN, programmes=(sheet("Uno", inputs=(InputLine(description="Tinta", amount=Decimal(0)),)),)
            ),
        )
    ],
    "desviacion-sin-causa": [
        Case(
            doing(deviations=(DeviationLine(month=3, cause=" "),)),
            doing(deviations=(DeviationLine(month=3, cause="Faltó la cámara."),)),
        ),
        Case(
            with_(deviations=(DeviationLine(month=3, cause="N/A"),)),
            with_(deviations=(DeviationLine(month=3, cause="No hubo boletines."),)),
        ),
    ],
    "imagen-personal": [
        Case(
            replace(PLAN, goals=("Mantener pulcra la imagen del presidente municipal",)),
            replace(PLAN, goals=("Mantener la imagen institucional del gobierno municipal",)),
        ),
        Case(
            with_(name="Se acompaña a la presidenta municipal a todos los eventos"),
            with_(name="Se cubren los eventos a los que acude la presidenta municipal"),
        ),
        Case(
            doing(description="Medir la popularidad del alcalde"),
            doing(description="Medir el agrado de los servicios"),
        ),
        Case(
            replace(PLAN, mission="Cuidar la imagen personal."),
            replace(
                PLAN, mission="La opinión pública se forma. Informa la oficina de la presidente municipal."
            ),
        ),
    ],
}


def rules(plan: PlanPart, **around: Any) -> Counter[str]:
    return Counter(finding.rule for finding in lint(plan, **around))


def of_rule(name: str, plan: PlanPart) -> list[Finding]:
    return [finding for finding in lint(plan) if finding.rule == name]


def test_a_plan_without_faults_is_found_to_have_none() -> None:
    assert lint(PLAN) == []
    assert lint(plan_of(INDICATOR, OTHER)) == []


@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases], ids=str
)
def test_a_rule_speaks_where_it_should_and_is_silent_where_it_should(name: str, case: Case) -> None:
    assert name in rules(case.fires)
    assert name not in rules(case.silent)


def test_every_rule_is_tried() -> None:
    assert set(RULES) - set(CASES) == {"varios-planes", "medida-posible", "a-mano"}  # below


def test_another_plan_of_the_same_kind_and_year_is_told_and_one_of_another_kind_or_year_is_not() -> None:
    same = replace(PLAN, key="otro", title="Otro plan")
    assert rules(PLAN, beside=[same])["varios-planes"] == 1
    for apart in (
        replace(same, kind=PlanKind.CAMPAIGN.value),
        replace(same, year=2025),
        replace(PLAN, title="El mismo, de otra carga"),
    ):
        assert "varios-planes" not in rules(PLAN, beside=[apart])


def test_a_measure_is_offered_where_one_suits_and_none_is_chosen() -> None:
    def advise(text: str) -> Advice:
        return (
            Advice(title="Boletines en días hábiles") if "oletines" in text else Advice(by_hand="Captúrala.")
        )

    found = [finding for finding in lint(PLAN, advise=advise) if finding.rule == "medida-posible"]
    assert [(finding.place.part, "Boletines en días hábiles" in finding.remedy) for finding in found] == [
        (Part.INDICATOR, True),
        (Part.ACTIVITY, True),
    ]
    measured = with_(measure=MeasureLine(name="bulletins_on_working_days"))
    assert [f.place.part for f in lint(measured, advise=advise) if f.rule == "medida-posible"] == [
        Part.ACTIVITY
    ]
    other = lint(doing(description="Otra cosa"), advise=advise)
    [told] = [finding for finding in other if finding.place.name == "Otra cosa" and finding.rule == "a-mano"]
    assert (told.severity, told.remedy) == (Severity.NOTE, "Captúrala.")


def test_what_is_said_is_whole_sentences_with_the_place_and_the_gravest_first() -> None:
    every = replace(
        plan_of(*(replace(INDICATOR, **said) for said in ({"method": ""}, {"frequency": "", "code": "b"})))
    )
    found = lint(every)
    assert str(found[0].place) == "Indicador 1 · Boletines publicados en días hábiles"
    order = [list(Severity).index(finding.severity) for finding in found]
    assert order == sorted(order)
    for cases in CASES.values():
        for finding in lint(cases[0].fires):
            assert finding.what.rstrip("»")[-1] == "." or finding.what.endswith("».")
            assert finding.remedy.endswith(".")
            assert "%(" not in finding.what + finding.remedy


def test_the_same_fault_at_many_places_is_told_once_with_all_of_them() -> None:
    many = replace(PLAN, activities=tuple(replace(ACTIVITY, indicator="") for _ in range(6)))
    lacks = [lack for lack in together(lint(many)) if lack.rule == "actividad-sin-indicador"]
    assert [[place.number for place in lack.places] for lack in lacks] == [[1, 2, 3, 4, 5, 6]]


def test_a_polite_way_to_say_it_is_offered_beside_the_article_of_the_constitution() -> None:
    [finding] = of_rule("imagen-personal", CASES["imagen-personal"][1].fires)
    assert "artículo 134" in finding.remedy
    assert "Cubrir los actos oficiales del ayuntamiento" in finding.remedy


# --- The plans of two town halls, as their documents say it ---------------------------------------------------

MAZAMITLA = PlanPart(
    key="comunicacion-social",
    title="Plan operativo anual",
    year=2020,
    calendar_year=2019,
    indicators=tuple(
        IndicatorLine(code=f"meta-{number}", name=name, target=target, target_text=text, unit=unit)
        for number, (name, target, text, unit) in enumerate(
            [
                (
                    "Se acompaña a la presidenta municipal a todos los eventos oficiales",
                    Decimal(100),
                    "Cobertura de Eventos 100%",
                    "Porcentaje",
                ),
                (
                    "Redes Sociales",
                    None,
                    "Se actualizan las páginas todos los días con fotografías",
                    "Tiempo",
                ),
                (
                    "Realización de spots, perifoneo, carteles, etc.",
                    Decimal(100),
                    "Cobertura de Eventos 100%",
                    "Porcentaje",
                ),
                (
                    "Actualizar formatos",
                    None,
                    "Asegurar la accesibilidad y disponibilidad de los archivos",
                    "Numero de sujetos obligados",
                ),
            ],
            start=1,
        )
    ),
    activities=tuple(
        ActivityLine(description=f"Actividad de muestra {number}", months=(True,) * 12)
        for number in range(1, 7)
    ),
)
OCOTLAN = PlanPart(
    key="comunicacion-institucional",
    title="Programa presupuestal",
    year=2024,
    description="Mantener pulcra la imagen del presidente municipal y la de los regidores.",
    programmes=tuple(
        ProgrammeLine(
            name=name,
            programme_name=programme,
            inputs=(InputLine(description="Equipo de cómputo"), InputLine(description="Programas")),
            indicators=(
                IndicatorLine(
                    code=f"opinion-{number}", name=indicator, baseline=Decimal(base), baseline_year=year
                ),
            ),
        )
        for number, (name, programme, indicator, base, year) in enumerate(
            [
                ("Actividades administrativas", "NA", "Opinión Pública", 70, None),
                ("Comunicación eficiente", "Cobertura total", "La opinión Pública", 60, 2022),
                ("Informe de gobierno", "Difusión del informe", "La Opinión Pública.", 60, 2022),
            ],
            start=1,
        )
    ),
)


def test_the_faults_of_the_plan_of_mazamitla_are_found() -> None:
    found = rules(MAZAMITLA)
    assert found == {
        "calendario-de-otro-ano": 1,
        "sin-formula": 4,
        "sin-fuente": 4,
        "sin-frecuencia": 4,
        "sin-meta": 2,
        "meta-de-otro": 1,
        "unidad-ajena": 2,
        "actividad-sin-indicador": 6,
        "indicador-sin-actividad": 4,
        "imagen-personal": 1,
    }
    [astray] = of_rule("meta-de-otro", MAZAMITLA)
    assert str(astray.place) == "Indicador 3 · Realización de spots, perifoneo, carteles, etc."
    assert [finding.place.number for finding in of_rule("unidad-ajena", MAZAMITLA)] == [2, 4]


def test_the_faults_of_the_plan_of_ocotlan_are_found() -> None:
    assert rules(OCOTLAN) == {
        "en-todos-los-programas": 1,
        "sin-formula": 3,
        "sin-fuente": 3,
        "sin-frecuencia": 3,
        "sin-meta": 3,
        "sin-resultado-anterior": 3,
        "base-sin-ano": 1,
        "insumo-sin-monto": 3,
        "no-aplica": 1,
        "indicador-sin-actividad": 3,
        "imagen-personal": 1,
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "mazamitla",
            {
                *("calendario-de-otro-ano", "imagen-personal", "sin-formula", "sin-meta", "sin-frecuencia"),
                *("sin-fuente", "unidad-ajena", "actividad-sin-indicador", "indicador-sin-actividad"),
            },
        ),
        (
            "ocotlan",
            {
                "en-todos-los-programas",
                "sin-meta",
                "sin-resultado-anterior",
                "base-sin-ano",
                "insumo-sin-monto",
                *("no-aplica", "imagen-personal", "sin-formula", "sin-fuente", "sin-frecuencia"),
            },
        ),
    ],
)
def test_the_plans_that_come_with_us_keep_the_faults_of_their_documents(
    name: str, expected: set[str]
) -> None:
    plan = read(name).plan
    assert expected - set(rules(plan)) == set()
    assert expected - set(rules(plan.in_year(2026))) == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mazamitla", rules(MAZAMITLA)),
        # Its profile speaks of a person's image twice, and what it does stands in the descriptions of its programmes.
        ("ocotlan", rules(OCOTLAN) + Counter({"imagen-personal": 1, "actividad-sin-indicador": 7})),
    ],
)
def test_the_documents_themselves_are_found_to_have_these_faults(name: str, expected: Counter[str]) -> None:
    document = SEEDS / f"{name}.txt"
    assert rules(draft_of(document.read_bytes(), name=document.name, year=2026).plan) == expected
