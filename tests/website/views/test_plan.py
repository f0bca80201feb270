"""How the plan is going, as citizens see it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories.accounts import UserFactory
from factories.newsroom import document
from factories.plan import IndicatorFactory, PlanFactory, act, bulletin, moment
from pregon.accounts.enums import Role
from pregon.accounts.models import Office
from pregon.agenda.enums import Settlement
from pregon.agenda.models import Act
from pregon.newsroom.models import Bulletin
from pregon.plan import actions
from pregon.plan.models import Plan, Seal
from pregon.plan.reports.blocks import Bars, Curve, Document, Heading, Paragraph, Table
from pregon.plan.reports.datasets import DATASETS
from pregon.plan.reports.layouts import PAGE, composed
from pregon.plan.reports.letterhead import Letterhead
from pregon.plan.reports.progress import Span, report_of
from pregon.website.queries import is_published

pytestmark = [pytest.mark.django_db, pytest.mark.parts]

AT = moment("2026-11-20")
OFFICES = ["mazamitla", "ocotlan"]


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def words(client: Client, url: str) -> str:
    """What a reader gets, tags apart."""
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def plan() -> Plan:
    return actions.load_plan("mazamitla", year=2026, at=AT)


@pytest.mark.parametrize("office", OFFICES)
def test_every_page_of_both_plans_is_answered(client: Client, office: str) -> None:
    actions.set_up_office(office)
    made = actions.load_plan(office, year=2026, at=AT)
    bulletin("2026-11-10")
    act("2026-11-10 09:00", Settlement.COVERED)
    pages = ["/plan/", made.get_absolute_url()]
    pages += [item.get_absolute_url() for item in (*made.indicators.all(), *made.activities.all())]
    assert {client.get(page).status_code for page in pages} == {200}


def test_without_a_plan_the_page_says_what_will_be_there(client: Client) -> None:
    assert "Todavía no hay un plan publicado." in words(client, "/plan/")


@pytest.mark.parametrize("path", ["/plan/otro/", "/plan/comunicacion-social-2026/otro/"])
def test_what_is_not_there_is_not_found(client: Client, plan: Plan, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_figure_opens_on_the_records_it_counts(client: Client, plan: Plan) -> None:
    about = bulletin("2026-11-10", title="Reabre el andador")
    page = client.get(f"/plan/{plan.slug}/actividad-1/").content.decode()
    assert f'<a href="{about.get_absolute_url()}">Reabre el andador</a>' in page
    assert "Boletín 001/2026" in page


def test_each_month_that_is_over_has_its_records_on_a_page_of_its_own(client: Client, plan: Plan) -> None:
    for day in ("2026-08-04", "2026-10-05", "2026-10-06", "2026-11-10"):
        bulletin(day, title=f"Obra del {day}")
    figure = client.get(f"/plan/{plan.slug}/actividad-1/").content.decode()
    assert "Obra del 2026-11-10" in figure
    assert "Obra del 2026-10" not in figure
    assert f'href="/plan/{plan.slug}/actividad-1/10/"' in figure
    october = words(client, f"/plan/{plan.slug}/actividad-1/10/")
    assert "2 registros que cuentan en esta cifra" in october
    assert october.index("Obra del 2026-10-06") < october.index("Obra del 2026-10-05")
    assert "← Agosto 2026" in october
    assert "Noviembre 2026 →" not in october


@pytest.mark.parametrize("month", ["09", "11", "12"])
def test_a_month_without_records_or_not_yet_over_has_no_page(client: Client, plan: Plan, month: str) -> None:
    bulletin("2026-10-06")
    bulletin("2026-11-10")
    assert client.get(f"/plan/{plan.slug}/actividad-1/{month}/").status_code == 404


def test_an_internal_act_of_a_month_stays_inside(client: Client, plan: Plan) -> None:
    act("2026-10-10 09:00", Settlement.COVERED, title="Reunión interna", public=False)
    assert client.get(f"/plan/{plan.slug}/actos-cubiertos/10/").status_code == 404
    act("2026-10-11 09:00", Settlement.COVERED, title="Arranque de obra")
    page = words(client, f"/plan/{plan.slug}/actos-cubiertos/10/")
    assert "Arranque de obra" in page
    assert "Reunión interna" not in page


def test_what_is_missing_says_what_lacks(client: Client, plan: Plan) -> None:
    act("2026-11-10 09:00", Settlement.DUE, Settlement.COVERED, title="Arranque de obra")
    page = words(client, f"/plan/{plan.slug}/actos-cubiertos/")
    assert "Arranque de obra Falta: Boletín. · hace 10 días" in page
    assert "Fuera de meta" in page


def test_of_very_much_that_is_missing_the_latest_is_told_and_the_rest_is_counted(
    client: Client, plan: Plan
) -> None:
    for n in range(62):
        act(f"2026-11-10 {n // 6:02}:{n % 6}0", Settlement.DUE, title=f"Acto {n}.")
    page = words(client, f"/plan/{plan.slug}/actos-cubiertos/")
    assert page.count("Falta: Boletín.") == 60
    assert "y 2 más, de antes." in page


def test_internal_acts_count_and_their_names_stay_inside(client: Client, plan: Plan) -> None:
    act("2026-11-10 09:00", Settlement.COVERED, title="Gabinete secreto", public=False)
    act("2026-11-11 09:00", Settlement.DUE, title="Reunión reservada", public=False)
    act("2026-11-12 09:00", Settlement.EXCUSED, title="Visita reservada", public=False)
    page = words(client, f"/plan/{plan.slug}/actos-cubiertos/")
    told = ["Gabinete secreto", "Reunión reservada", "Visita reservada"]
    assert [name in page for name in told] == [False] * 3
    assert "Cuenta también 1 registro que no se muestra" in page
    assert "Falta también 1 que no se muestra" in page
    assert "1 de 2" in page


def test_nothing_of_an_embargoed_or_withdrawn_bulletin_is_told(client: Client, plan: Plan) -> None:
    bulletin("2026-11-10", number=1, title="Aún no se dice", go_live_at=moment("2099-01-01"))
    bulletin("2026-11-11", number=2, title="Ya no se dice", withdrawn_at=moment("2026-11-12"))
    bulletin("2026-11-12", number=3, title="Se dice")
    pages = [words(client, f"/plan/{plan.slug}/{slug}/") for slug in ("actividad-1", "redes-al-dia")]
    assert [[title in page for title in ("Aún no", "Ya no", "Se dice")] for page in pages] == [
        [False, False, True]
    ] * 2


def test_what_the_plan_leaves_empty_is_said(client: Client) -> None:
    made = actions.load_plan("ocotlan", year=2026, at=AT)
    page = words(client, made.get_absolute_url())
    assert "Línea base 70 % Resultado 2025 sin dato Ahora sin dato Meta 2026 sin meta" in page
    assert "(sin monto)" in page
    assert "Programa NA" in page


def test_the_calendar_can_be_read_aloud(client: Client, plan: Plan) -> None:
    bulletin("2026-11-10")
    page = words(client, f"/plan/{plan.slug}/actividad-1/")
    assert "noviembre: Hecho, 1 registro" in page
    assert "octubre: Planeado, antes del primer registro" in page


def test_a_plan_writes_no_script_and_no_style_into_its_pages(client: Client) -> None:
    made = PlanFactory.create(title="<script>alert(1)</script>", description="<b>x</b>")
    IndicatorFactory.create(plan=made, code="uno", name="<img src=x onerror=alert(1)>")
    pages = [made.get_absolute_url(), f"{made.get_absolute_url()}uno/", "/plan/"]
    for page in (client.get(url).content.decode() for url in pages):
        assert re.findall(r"<script(?! type=)|<img src=x|<b>x|style=", page) == []


def test_nobody_may_post_to_a_plan(client: Client, plan: Plan) -> None:
    assert client.post(plan.get_absolute_url()).status_code == 405


def test_three_plans_cost_the_index_as_many_queries_as_one(client: Client, plan: Plan) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/plan/")
        return len(queries)

    cost()  # the very first question writes the office's row
    one = cost()
    PlanFactory.create(year=2025)
    PlanFactory.create(year=2024)
    assert cost() == one


def test_the_page_weighs_little(client: Client, plan: Plan) -> None:
    for day in range(1, 21):
        bulletin(f"2026-11-{day:02d}", title="Un título de los que suele tener un boletín de la oficina")
    assert len(client.get(plan.get_absolute_url()).content) < 45_000


# --- Reports and open data ----------------------------------------------------------------------------------


def told_in(page: Document) -> set[str]:
    """Every text that a report's page may not leave out."""
    told: set[str] = set()
    for block in page.blocks:
        match block:
            case Heading() | Paragraph():
                told.add(block.text)
            case Table():
                told |= {cell.text for row in block.rows for cell in row} if block.rows else {block.empty}
            case Bars():
                told |= {text for bar in block.bars for text in (bar.name, bar.text, bar.target_text)}
            case Curve():
                told |= {point.text for point in block.points}
    return {" ".join(text.split()) for text in told if text}


def test_the_page_of_an_indicator_says_once_how_it_is_measured(client: Client, plan: Plan) -> None:
    item = plan.indicators.filter(measure="acts_covered").first()
    assert item
    page = unescape(words(client, item.get_absolute_url()))
    assert page.count("Cómo se mide") == 1
    assert page.count("Actos cubiertos: Actos ya celebrados que tienen todas sus coberturas") == 1


@pytest.mark.parametrize("span", ["2026-t4", "2026"])
def test_the_page_of_a_report_says_what_its_files_say(client: Client, plan: Plan, span: str) -> None:
    bulletin("2026-10-10")
    act("2026-11-10 09:00", Settlement.COVERED)
    act("2026-11-11 09:00", Settlement.DUE, title="Feria de la salud")
    page = unescape(words(client, f"{plan.get_absolute_url()}informe/{span}/"))
    report = composed(report_of(plan, Span.named(span), at=AT), PAGE, Letterhead.of(Office.load()))
    assert {text for text in told_in(report) if text not in page} == set()
    assert "pueden tardar hasta cinco minutos" in page
    assert "1 de 2 (50 %)" in page


@pytest.mark.parametrize("span", ["2025", "2025-t1", "2026-t5", "2026-T1", "t1", "10"])
def test_a_report_of_another_year_or_of_no_quarter_is_not_found(
    client: Client, plan: Plan, span: str
) -> None:
    assert client.get(f"{plan.get_absolute_url()}informe/{span}/").status_code == 404


def test_the_plan_leads_to_the_reports_that_have_begun_and_to_its_data(client: Client, plan: Plan) -> None:
    with time_machine.travel(moment("2026-05-05"), tick=False):
        page = client.get(plan.get_absolute_url()).content.decode()
    links = re.findall(r'href="/plan/comunicacion-social-2026/(informe/[^"]+|datos/)"', page)
    assert links == ["informe/2026-t1/", "informe/2026-t2/", "informe/2026/", "datos/"]


def test_hostile_words_cannot_leave_their_place_in_a_report(client: Client, plan: Plan) -> None:
    plan.indicators.update(name='</td><script>alert(1)</script>"')
    for path in ("informe/2026-t4/", "datos/"):
        assert "<script>alert(1)" not in client.get(plan.get_absolute_url() + path).content.decode()


@pytest.mark.parametrize("name", [*DATASETS, "diccionario"])
def test_the_data_are_read_as_csv_and_as_json(client: Client, plan: Plan, name: str) -> None:
    bulletin("2026-10-10")
    folder = f"{plan.get_absolute_url()}datos/"
    page = client.get(folder).content.decode()
    table, tree = client.get(f"{folder}{name}.csv"), client.get(f"{folder}{name}.json")
    assert f"{folder}{name}.csv" in page
    assert (table.headers["Content-Type"], tree.headers["Content-Type"]) == (
        "text/csv; charset=utf-8",
        "application/json; charset=utf-8",
    )
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert isinstance(tree.json(), dict)
    assert "Libre Uso MX" in page


@pytest.mark.parametrize("path", ["otro.csv", "indicadores.xml", "diccionario.xml"])
def test_data_that_are_not_there_are_not_found(client: Client, plan: Plan, path: str) -> None:
    assert client.get(f"{plan.get_absolute_url()}datos/{path}").status_code == 404


def test_each_plan_of_the_year_is_shown_with_its_figures(client: Client, plan: Plan) -> None:
    bulletin("2026-11-10")
    other = actions.load_plan("ocotlan", year=2026, at=AT)
    page = words(client, "/plan/")
    assert page.index(f"{plan.title} 2026") < page.index(f"{other.title} 2026")
    assert page.count("Ver el plan completo") == 2
    assert page.count("1 de 10") >= 2  # the days since the first record, in both


def test_a_target_copied_from_another_year_says_so_until_it_is_reviewed(client: Client, plan: Plan) -> None:
    row = plan.indicators.get(code="actos-cubiertos")
    pages = [plan.get_absolute_url(), row.get_absolute_url()]
    assert ["Meta por revisar" in words(client, page) for page in pages] == [True, True]
    for indicator in plan.indicators.all():
        actions.review_target(
            indicator, target=indicator.target, target_text="", by=UserFactory.create(), at=AT
        )
    assert ["Meta por revisar" in words(client, page) for page in pages] == [False, False]


def test_years_of_one_plan_are_compared_and_one_alone_is_not(client: Client, plan: Plan) -> None:
    address = plan.comparison_url
    assert client.get(address).status_code == 404
    assert address not in client.get(plan.get_absolute_url()).content.decode()
    begun = actions.begin_year(plan, 2027, by=None, at=AT)
    bulletin("2026-11-10")
    for page in ("/plan/", plan.get_absolute_url(), begun.get_absolute_url()):
        assert f'href="{address}"' in client.get(page).content.decode()
    page = words(client, address)
    assert "Actos oficiales cubiertos" in page
    assert "2026 sin dato meta 100 %, por revisar Sin dato" in page  # no act was held
    assert "2026 10 % meta 100 %, por revisar Fuera de meta" in page
    assert "2027 sin dato meta 100 %" in page


# --- Closed months, and what people wrote down --------------------------------------------------------------


def closed(plan: Plan) -> Seal:
    bulletin("2026-10-05", number=1, title="Reabre el andador")
    act("2026-10-06 09:00", Settlement.COVERED, title="Arranque de obra")
    act("2026-10-07 09:00", Settlement.COVERED, title="Reunión reservada", public=False)
    person = UserFactory.create()
    person.groups.add(Group.objects.get(name=Role.HEAD.value))
    return actions.close_month(plan, 10, by=person, at=AT)


def test_a_closed_month_says_so_with_the_digest_of_what_anybody_may_download(
    client: Client, plan: Plan
) -> None:
    seal = closed(plan)
    page = client.get(f"/plan/{plan.slug}/actividad-1/10/").content.decode()
    assert [
        said in page for said in ("Mes cerrado el 20 de noviembre de 2026, por Titular", seal.digest)
    ] == [True] * 2
    assert "cerrado" in words(client, f"/plan/{plan.slug}/actividad-1/")
    address = f"/plan/{plan.slug}/cierres/{seal.number}.json"
    assert address in page
    signed = client.get(address)
    assert hashlib.sha256(signed.content).hexdigest() == seal.digest
    assert seal.digest in words(client, plan.get_absolute_url())


def test_whoever_checks_reads_each_public_record_and_nothing_that_is_internal(
    client: Client, plan: Plan
) -> None:
    seal = closed(plan)
    told = client.get(f"/plan/{plan.slug}/cierres/{seal.number}-registros.json").json()
    assert [hashlib.sha256(each["text"].encode()).hexdigest() for each in told["records"]] == [
        each["proof"] for each in told["records"]
    ]
    assert [each["proof"] in seal.content for each in told["records"]] == [True] * len(told["records"])
    titles = {json.loads(each["text"])["said"]["title"] for each in told["records"]}
    assert {"Reabre el andador", "Arranque de obra"} <= titles
    everything = json.dumps(told) + seal.content
    assert "Reunión reservada" not in everything
    assert seal.by is not None
    assert seal.by.get_username() not in everything


def test_a_record_that_was_taken_down_since_can_be_read_nowhere(client: Client, plan: Plan) -> None:
    seal = closed(plan)
    Bulletin.objects.update(withdrawn_at=AT)
    Act.objects.filter(title="Arranque de obra").update(public=False)
    told = client.get(f"/plan/{plan.slug}/cierres/{seal.number}-registros.json").content.decode()
    figure = client.get(f"/plan/{plan.slug}/actos-cubiertos/").content.decode()
    assert [title in told + figure for title in ("Reabre el andador", "Arranque de obra")] == [False] * 2
    assert "Cuentan también 2 registros que no se muestran" in figure
    assert "2 de 2" in figure


def test_a_month_that_was_opened_again_says_why(client: Client, plan: Plan) -> None:
    seal = closed(plan)
    actions.reopen_month(plan, 10, reason="Faltaba un acto de obra.", by=UserFactory.create(), at=AT)
    page = words(client, plan.get_absolute_url())
    assert "Faltaba un acto de obra." in page
    assert seal.digest in page
    assert "Mes cerrado" not in words(client, f"/plan/{plan.slug}/actividad-1/10/")


@pytest.mark.parametrize("name", ["7.json", "7-registros.json"])
def test_a_closing_that_never_was_is_not_found(client: Client, plan: Plan, name: str) -> None:
    assert client.get(f"/plan/{plan.slug}/cierres/{name}").status_code == 404


@pytest.mark.parametrize("public", [True, False])
def test_what_a_person_captured_is_marked_with_its_evidence_where_it_is_public(
    client: Client, plan: Plan, public: bool
) -> None:
    item = plan.indicators.get(code="formatos-transparencia")
    file = document(b"%PDF-1.4 acuse", "acuse.pdf")
    said = actions.Figures(
        numerator=Decimal(14), denominator=Decimal(15), note="Acuses de octubre", evidence=file, public=public
    )
    actions.capture(item, 11, said, by=UserFactory.create(), at=AT)
    page = client.get(item.get_absolute_url()).content.decode()
    assert [said in page for said in ("14 de 15", "Capturado a mano", "Acuses de octubre", "93.3 %")] == [
        True
    ] * 4
    assert (f'href="/documentos/{file.pk}/acuse.pdf"' in page) == public
    assert is_published(file, AT) == public


def test_a_figure_says_why_a_month_was_otherwise(client: Client, plan: Plan) -> None:
    item = plan.indicators.get(code="formatos-transparencia")
    said = actions.Explanation(
        cause="Falló el sistema.", effect="Se entregó tarde.", remedy="Se avisa antes."
    )
    actions.explain(item, 10, said, by=UserFactory.create(), at=AT)
    page = words(client, item.get_absolute_url())
    assert "Octubre de 2026 Falló el sistema. Efecto: Se entregó tarde. Qué se hará: Se avisa antes." in page


def test_a_figure_with_a_month_of_facts_says_where_it_is_going(client: Client, plan: Plan) -> None:
    act("2026-11-10 09:00", Settlement.COVERED)
    address = f"/plan/{plan.slug}/actos-cubiertos/"
    assert "Al cierre del año" not in words(client, address)  # ten days are too few
    for day in range(1, 31):
        act(f"2026-09-{day:02d} 09:00", Settlement.COVERED if day % 5 else Settlement.DUE)
    page = words(client, address)
    assert re.search(r"Al cierre del año: entre \d\d y \d\d %, si todo sigue como hasta hoy", page)
