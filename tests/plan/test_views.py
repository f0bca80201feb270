"""The plan on the desk."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponse, HttpResponseBase
from django.test import Client

from factories.documents import SEEDS
from factories.plan import IndicatorFactory, PlanFactory, ProgrammeFactory, act, bulletin, moment
from pregon.agenda.enums import Settlement
from pregon.plan import actions
from pregon.plan.enums import PlanKind
from pregon.plan.models import Capture, Deviation, Indicator, Plan, PlanDraft

AT = moment("2026-11-20")


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def plan(db: None) -> Plan:
    return actions.load_plan("mazamitla", year=2026, at=AT)


def test_the_menu_leads_to_the_plan_of_the_year(reader: Client, plan: Plan) -> None:
    answer = reader.get("/escritorio/plan/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/escritorio/plan/{plan.pk}/")


def test_without_a_plan_the_desk_says_how_to_load_one(reader: Client) -> None:
    answer = reader.get("/escritorio/plan/")
    assert answer.status_code == 200
    assert "Todavía no hay plan anual" in answer.content.decode()


def test_the_sheet_shows_figures_and_what_lacks_even_of_internal_acts(reader: Client, plan: Plan) -> None:
    act("2026-11-10 09:00", Settlement.DUE, title="Reunión de gabinete", public=False)
    bulletin("2026-11-10")
    page = reader.get(f"/escritorio/plan/{plan.pk}/").content.decode()
    assert [words in page for words in ("0 de 1", "Reunión de gabinete", "· interno")] == [True] * 3


def test_only_who_may_change_the_plan_is_led_to_its_forms(head: Client, reader: Client, plan: Plan) -> None:
    link = f"/snippets/plan/plan/edit/{plan.pk}/"
    url = f"/escritorio/plan/{plan.pk}/"
    assert [link in client.get(url).content.decode() for client in (head, reader)] == [True, False]


def handed_in(client: Client, name: str = "mazamitla.txt", content: bytes | None = None) -> HttpResponseBase:
    file = SimpleUploadedFile(name, content if content is not None else (SEEDS / name).read_bytes())
    return client.post("/escritorio/plan/importar/", {"file": file})


def confirmed(client: Client, **other: object) -> HttpResponseBase:
    draft = PlanDraft.objects.get()
    fields = {
        "title": "Plan operativo anual",
        "year": 2026,
        "kind": "poa",
        "unit_name": "Comunicación Social",
        "key": "Comunicacion_Social",
    }
    return client.post(f"/escritorio/plan/importar/{draft.pk}/", fields | other)


@pytest.mark.parametrize("name", ["mazamitla.txt", "ocotlan.txt"])
def test_a_document_is_shown_line_by_line_beside_its_plan(head: Client, name: str) -> None:
    answer = handed_in(head, name)
    draft = PlanDraft.objects.get()
    assert answer.headers["Location"] == f"/escritorio/plan/importar/{draft.pk}/"
    page = unescape(head.get(answer.headers["Location"]).content.decode())
    said = [" ".join(line.split()) for line in (SEEDS / name).read_text(encoding="utf-8").split("\n")]
    shown = " ".join(page.replace(" | ", " ").split())
    assert [line for line in said if line not in shown] == []
    assert "Cargar el plan" in page
    assert not Plan.objects.exists()


def test_what_was_confirmed_is_loaded_once_with_what_was_corrected(head: Client) -> None:
    handed_in(head)
    answer = confirmed(head)
    plan = Plan.objects.get()
    assert (plan.slug, plan.title, plan.calendar_year) == (
        "comunicacion-social-2026",
        "Plan operativo anual",
        2019,
    )
    assert (plan.indicators.count(), plan.activities.count()) == (4, 6)
    assert answer.headers["Location"] == f"/escritorio/plan/{plan.pk}/"
    assert confirmed(head, key="otra").headers["Location"] == answer.headers["Location"]
    assert Plan.objects.count() == 1


def test_a_plan_that_stands_is_replaced_only_when_somebody_says_so(head: Client, plan: Plan) -> None:
    handed_in(head)
    page = confirmed(head, key="comunicacion-social").content.decode()  # type: ignore[attr-defined]
    assert "márcalo para reemplazarlo" in page
    assert Plan.objects.get().title == plan.title
    confirmed(head, key="comunicacion-social", replacing="on")
    assert Plan.objects.get().title == "Plan operativo anual"


def test_what_cannot_be_read_is_told_beside_the_field_and_kept_nowhere(head: Client) -> None:
    answer = handed_in(head, "plan.pdf", b"%PDF-1.7")
    assert "es un PDF" in answer.content.decode()  # type: ignore[attr-defined]
    assert not PlanDraft.objects.exists()


def test_a_document_can_be_put_aside_and_stays_in_the_list(head: Client) -> None:
    handed_in(head)
    confirmed(head, drop="1")
    page = head.get("/escritorio/plan/importar/").content.decode()
    assert [word in page for word in ("mazamitla.txt", "Descartado")] == [True, True]
    again = head.get(f"/escritorio/plan/importar/{PlanDraft.objects.get().pk}/").content.decode()
    assert [word in again for word in ("súbelo otra vez", "Cargar el plan")] == [True, False]
    assert not Plan.objects.exists()


def test_only_who_may_add_a_plan_imports_one(head: Client, reader: Client) -> None:
    handed_in(head)
    pk = PlanDraft.objects.get().pk
    addresses = ("/escritorio/plan/importar/", f"/escritorio/plan/importar/{pk}/")
    assert [reader.get(address).headers["Location"] for address in addresses] == ["/escritorio/"] * 2


def test_a_stranger_is_refused(stranger: Client, plan: Plan) -> None:
    answer = stranger.get(f"/escritorio/plan/{plan.pk}/")
    assert answer.status_code in (302, 403)
    assert "Actos oficiales" not in answer.content.decode()


# --- What a measure would have said ---

PREVIEW = "/escritorio/plan/medida/vista/"


def test_the_preview_shows_the_past_months_and_the_records_behind_them(reader: Client) -> None:
    bulletin("2026-11-10", title="Calle lista")
    page = reader.get(PREVIEW, {"measure": "bulletins_published"}).content.decode()
    assert "Noviembre 2026" in page
    assert "Calle lista" in page


def test_a_part_of_it_stands_in_the_form_that_chooses_a_measure(reader: Client) -> None:
    part = reader.get(PREVIEW, {"measure": "bulletins_published", "parte": "1"}).content.decode()
    assert "<html" not in part
    assert "En estos doce meses no hay ningún registro así." in part


def test_what_cannot_be_asked_is_told_and_never_breaks(reader: Client) -> None:
    answer = reader.get(PREVIEW, {"measure": "acts_covered", "about_channel": "telegram"})
    assert answer.status_code == 200
    assert "no se puede separar así" in answer.content.decode()
    assert reader.get(PREVIEW, {"measure": "likes", "parte": "1"}).status_code == 200


def test_a_stranger_sees_no_preview(stranger: Client) -> None:
    assert stranger.get(PREVIEW).status_code in {302, 403}


# --- Reports ---


def test_a_report_is_chosen_and_handed_over_as_a_file(reader: Client, plan: Plan) -> None:
    page = reader.get(f"/escritorio/plan/{plan.pk}/informe/").content.decode()
    assert "Tercer trimestre de 2026" in page
    answer = reader.get(
        f"/escritorio/plan/{plan.pk}/informe/", {"span": "2026-t3", "layout": "mazamitla", "kind": "docx"}
    )
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="informe-comunicacion-social-2026-2026-t3.docx"'
    )
    assert answer.content.startswith(b"PK")


@pytest.mark.parametrize(
    "wrong", [{"span": "2026-t9"}, {"span": "2025"}, {"layout": "otro"}, {"kind": "exe"}, {"span": ""}]
)
def test_a_report_that_does_not_exist_is_told_on_the_page(
    reader: Client, plan: Plan, wrong: dict[str, str]
) -> None:
    chosen = {"span": "2026-t3", "layout": "oficina", "kind": "pdf", **wrong}
    answer = reader.get(f"/escritorio/plan/{plan.pk}/informe/", chosen)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_a_stranger_gets_no_report(stranger: Client, plan: Plan) -> None:
    chosen = {"span": "2026-t3", "layout": "oficina", "kind": "pdf"}
    assert stranger.get(f"/escritorio/plan/{plan.pk}/informe/", chosen).status_code in (302, 403)


# --- What the plan lacks --------------------------------------------------------------------------------------


def test_what_the_plan_lacks_leads_whoever_may_change_it_to_the_form(
    head: Client, reader: Client, plan: Plan
) -> None:
    pieces = plan.indicators.get(code="difusion-producida")
    link = f'href="/escritorio/snippets/plan/indicator/edit/{pieces.pk}/"'
    pages = [client.get(f"/escritorio/plan/{plan.pk}/").content.decode() for client in (head, reader)]
    parts = [page.split('id="plan-falta"')[1].split("</section>")[0] for page in pages]
    assert ["No dice cómo se calcula." in part for part in parts] == [True, True]
    assert ["Indicador 3 · Spots, perifoneo y carteles" in part for part in parts] == [True, True]
    assert [link in part for part in parts] == [True, False]


def test_each_finding_leads_to_its_own_row_whatever_the_order_of_programmes(head: Client) -> None:
    made = PlanFactory.create()
    second, first = (ProgrammeFactory.create(plan=made, order=order) for order in (2, 1))
    rows = [
        IndicatorFactory.create(plan=made, programme=programme, name=name, order=order)
        for order, (programme, name) in enumerate([(second, "Último"), (first, "Medio"), (None, "Primero")])
    ]
    page = head.get(f"/escritorio/plan/{made.pk}/").content.decode()
    for number, row in zip((3, 2, 1), rows, strict=True):
        assert f'edit/{row.pk}/">Indicador {number} · {row.name}</a>' in page


# --- Another year ---------------------------------------------------------------------------------------------


def test_a_year_is_begun_on_the_desk_and_leads_to_its_targets(head: Client, plan: Plan) -> None:
    page = head.get(f"/escritorio/plan/{plan.pk}/otro-ano/").content.decode()
    assert 'value="2027"' in page
    answer = head.post(f"/escritorio/plan/{plan.pk}/otro-ano/", {"year": "2027"})
    begun = Plan.objects.get(year=2027)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/escritorio/plan/{begun.pk}/metas/")
    again = head.post(f"/escritorio/plan/{plan.pk}/otro-ano/", {"year": "2027"})
    assert "Ya hay un plan de 2027" in again.content.decode()
    assert Plan.objects.count() == 2


@pytest.mark.parametrize("year", ["", "veinte", "2026", "9999", "-1"])
def test_a_year_that_cannot_be_begun_is_said_on_the_form(head: Client, plan: Plan, year: str) -> None:
    answer = head.post(f"/escritorio/plan/{plan.pk}/otro-ano/", {"year": year})
    assert answer.status_code == 200
    assert "error-message" in answer.content.decode()
    assert Plan.objects.count() == 1


def test_targets_are_walked_one_by_one_kept_or_changed_with_one_press(head: Client, plan: Plan) -> None:
    begun = actions.begin_year(plan, 2027, by=None, at=AT)
    url = f"/escritorio/plan/{begun.pk}/metas/"
    page = head.get(url).content.decode()
    assert [
        words in page for words in ("0 de 4 metas revisadas", "Dejarla en 100", "Lo que se prometió en 2026")
    ] == [True] * 3
    head.post(f"{url}?meta=actos-cubiertos", {"keep": ""})
    page = head.get(url).content.decode()
    assert "1 de 4 metas revisadas" in page
    assert "?meta=redes-al-dia" in page
    head.post(
        f"{url}?meta=redes-al-dia", {"change": "", "target": "90", "target_text": "Nueve de cada diez días"}
    )
    assert list(begun.indicators.values_list("target", "target_text", "review_due"))[:2] == [
        (100, "Todos los actos oficiales", False),
        (90, "Nueve de cada diez días", False),
    ]
    for code in ("difusion-producida", "formatos-transparencia"):
        head.post(f"{url}?meta={code}", {"keep": ""})
    assert "Todas las metas están revisadas" in head.get(url).content.decode()
    assert begun.indicators.filter(reviewed_by__email="titular@muestra.example").count() == 4


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("casi todo", "Escribe la meta con cifras"), ("", "Escribe la meta nueva, o deja la que estaba.")],
)
def test_a_target_that_is_no_number_is_asked_for_again_and_nothing_is_reviewed(
    head: Client, plan: Plan, typed: str, sentence: str
) -> None:
    begun = actions.begin_year(plan, 2027, by=None, at=AT)
    answer = head.post(
        f"/escritorio/plan/{begun.pk}/metas/?meta=redes-al-dia", {"change": "", "target": typed}
    )
    assert sentence in answer.content.decode()
    assert begun.indicators.get(code="redes-al-dia").review_due


def test_a_target_that_is_not_there_is_not_found(head: Client, plan: Plan) -> None:
    assert head.post(f"/escritorio/plan/{plan.pk}/metas/?meta=otra", {"keep": ""}).status_code == 404


def test_the_sheet_marks_the_targets_that_wait_and_leads_to_them(head: Client, plan: Plan) -> None:
    begun = actions.begin_year(plan, 2027, by=None, at=AT)
    page = head.get(f"/escritorio/plan/{begun.pk}/").content.decode()
    assert f'href="/escritorio/plan/{begun.pk}/metas/">Revisar 4 metas</a>' in page
    assert page.count("por revisar</span>") == 4


@pytest.mark.parametrize("path", ["otro-ano", "metas"])
def test_whoever_may_only_read_begins_no_year_and_reviews_no_target(
    reader: Client, plan: Plan, path: str
) -> None:
    url = f"/escritorio/plan/{plan.pk}/{path}/?meta=redes-al-dia"
    assert reader.get(url).headers["Location"] == "/escritorio/"
    assert reader.post(url, {"year": "2027", "keep": ""}).headers["Location"] == "/escritorio/"
    assert Plan.objects.count() == 1
    assert plan.indicators.get(code="redes-al-dia").reviewed_at is None


# --- Several plans --------------------------------------------------------------------------------------------


def test_several_plans_of_a_year_are_shown_together_with_their_standing(reader: Client, plan: Plan) -> None:
    bulletin("2026-11-10")
    campaign = PlanFactory.create(year=2026, title="Campaña de vacunas", kind=PlanKind.CAMPAIGN)
    PlanFactory.create(year=2025, title="Plan viejo")
    page = reader.get("/escritorio/plan/").content.decode()
    assert "Los planes de 2026" in page
    assert page.index(plan.title) < page.index(campaign.title) < page.index("Plan viejo 2025")
    assert "1 de" in page


# --- Months -------------------------------------------------------------------------------------------------


@pytest.fixture
def october(plan: Plan) -> str:
    act("2026-10-06 09:00", Settlement.DUE, title="Entrega de becas")
    act("2026-10-07 09:00", Settlement.COVERED, title="Arranque de obra")
    return f"/escritorio/plan/{plan.pk}/meses/10"


def test_a_month_shows_what_will_be_signed_and_is_closed_by_one_press(
    head: Client, plan: Plan, october: str
) -> None:
    page = head.get(f"{october}/cerrar/").content.decode()
    assert [
        words in page for words in ("1 de 2", "Entrega de becas", "Falta explicar", "se firman sin ella")
    ] == [True] * 4
    assert not plan.seals.exists()
    after = head.post(f"{october}/cerrar/", follow=True).content.decode()
    assert "Octubre de 2026 quedó cerrado" in after
    assert plan.seals.get().digest[:12] in after


def test_who_presses_second_reads_a_sentence(head: Client, plan: Plan, october: str) -> None:
    head.post(f"{october}/cerrar/")
    after = head.post(f"{october}/cerrar/", follow=True).content.decode()
    assert "Octubre de 2026 ya está cerrado. Para corregirlo, ábrelo de nuevo y escribe por qué." in after
    assert plan.seals.count() == 1


def test_a_month_that_runs_has_no_page_to_close_it(head: Client, plan: Plan) -> None:
    answer = head.get(f"/escritorio/plan/{plan.pk}/meses/11/cerrar/", follow=True)
    assert "Noviembre de 2026 no se puede cerrar ahora." in answer.content.decode()
    assert head.get(f"/escritorio/plan/{plan.pk}/meses/13/cerrar/").status_code == 404


def test_opening_again_asks_why_and_shows_both(head: Client, plan: Plan, october: str) -> None:
    head.post(f"{october}/cerrar/")
    assert "Escribe por qué" in head.post(f"{october}/abrir/", {"reason": "ya"}).content.decode()
    page = head.post(
        f"{october}/abrir/", {"reason": "Faltaba un acto de obra."}, follow=True
    ).content.decode()
    assert [
        words in page for words in ("Abierto de nuevo", "Faltaba un acto de obra.", "Cerrar octubre")
    ] == [True] * 3
    assert [seal.act for seal in plan.seals.all()] == ["cierre", "reapertura"]


def test_what_changed_since_is_told_on_the_page_of_months(head: Client, plan: Plan, october: str) -> None:
    head.post(f"{october}/cerrar/")
    act("2026-10-08 09:00", Settlement.COVERED, title="Llegó tarde")
    page = head.get(f"/escritorio/plan/{plan.pk}/meses/").content.decode()
    assert [words in page for words in ("Lo que cambió después de cerrar", "Llegó tarde")] == [True] * 2


def test_the_chain_is_checked_on_the_page_of_months(head: Client, plan: Plan, october: str) -> None:
    head.post(f"{october}/cerrar/")
    url = f"/escritorio/plan/{plan.pk}/meses/?comprobar=1"
    assert "El único cierre está como se firmó" in head.get(url).content.decode()
    plan.seals.update(openings={"f" * 64: {"nonce": "", "said": {}}})
    assert "La cadena de cierres no está entera" in head.get(url).content.decode()


def test_only_the_head_closes_and_opens(reader: Client, plan: Plan, october: str) -> None:
    for what in ("cerrar", "abrir"):
        assert reader.post(f"{october}/{what}/", {"reason": "Porque quiero."}).status_code in (302, 403)
    assert not plan.seals.exists()
    page = reader.get(f"/escritorio/plan/{plan.pk}/meses/").content.decode()
    assert "Cerrar octubre" not in page


# --- What no record tells -----------------------------------------------------------------------------------


def opinion(plan: Plan) -> Indicator:
    made: Indicator = IndicatorFactory.create(plan=plan, code="opinion", unit="Porcentaje", name="Opinión")
    return made


def typed(**fields: str) -> dict[str, str]:
    return {"month": "10", "numerator": "60", "denominator": "", "note": "Encuesta de salida"} | fields


@pytest.mark.parametrize(
    ("numerator", "meant", "captured"),
    [
        ("60", "de-cien", (60, 100)),
        ("60%", "de-cien", (60, 100)),
        ("0.6", "de-uno", (60, 100)),
        ("0.6", "de-cien", (Decimal("0.6"), 100)),
        ("1,250", "cosas", (1250, None)),
    ],
)
def test_a_percentage_is_asked_about_and_never_guessed(
    head: Client, plan: Plan, numerator: str, meant: str, captured: tuple[int, int | None]
) -> None:
    url = f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/"
    asked = head.post(url, typed(numerator=numerator)).content.decode()
    assert "puede decir más de una cosa" in asked
    assert not Capture.objects.exists()
    head.post(url, typed(numerator=numerator, meant=meant))
    assert Capture.objects.values_list("numerator", "denominator").get() == captured


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"numerator": "0,6", "denominator": "1"}, "Escribe un número con punto decimal"),
        ({"numerator": "sesenta"}, "Escribe un número con punto decimal"),
        ({"numerator": "60%", "denominator": "100", "meant": "de-cien"}, "no los dos"),
        ({"numerator": "7", "denominator": "5"}, "no puede pasar de lo que se debía"),
        ({"month": "12", "denominator": "100"}, "Elige una de las opciones"),
        ({"note": "", "denominator": "100"}, "Este campo es necesario"),
    ],
)
def test_what_cannot_be_read_is_told_and_kept_in_the_form(
    head: Client, plan: Plan, fields: dict[str, str], sentence: str
) -> None:
    url = f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/"
    assert sentence in head.post(url, typed(**fields)).content.decode()
    assert not Capture.objects.exists()


def test_what_was_captured_is_listed_with_what_it_replaced(head: Client, plan: Plan) -> None:
    url = f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/"
    for done in ("27", "28"):
        head.post(url, typed(numerator=done, denominator="30"))
    page = head.get(url).content.decode()
    assert [words in page for words in ("27 de 30", "28 de 30", "reemplazado")] == [True] * 3
    assert "capturado a mano" in head.get(f"/escritorio/plan/{plan.pk}/").content.decode()


def test_a_deviation_is_asked_for_until_it_is_written(head: Client, plan: Plan, october: str) -> None:
    months = f"/escritorio/plan/{plan.pk}/meses/"
    acts = plan.indicators.filter(measure="acts_covered")[0].slug
    link = f"/escritorio/plan/{plan.pk}/{acts}/10/desviacion/"
    assert link in head.get(months).content.decode()
    head.post(link, {"cause": "Sin vehículo.", "effect": "", "remedy": "Se pidió uno."})
    assert link not in head.get(months).content.decode()
    assert "Sin vehículo." in head.get(link).content.decode()


def test_who_only_reads_captures_and_explains_nothing(reader: Client, plan: Plan) -> None:
    slug = opinion(plan).slug
    for url in (f"{slug}/capturar/", f"{slug}/10/desviacion/"):
        assert reader.post(f"/escritorio/plan/{plan.pk}/{url}", typed(cause="x")).status_code in (302, 403)
    assert not Capture.objects.exists()


@pytest.mark.parametrize("month", [0, 13])
def test_a_month_that_no_year_has_is_not_found(head: Client, plan: Plan, month: int) -> None:
    url = f"/escritorio/plan/{plan.pk}/actividad-1/{month}/desviacion/"
    assert [head.get(url).status_code, head.post(url, {"cause": "Llovió."}).status_code] == [404, 404]
    assert not Deviation.objects.filter(at__isnull=False).exists()


@pytest.mark.parametrize("key", ["---", "__"])
def test_a_key_of_nothing_but_dashes_is_asked_for_again(head: Client, key: str) -> None:
    handed_in(head)
    answer = confirmed(head, key=key)
    assert isinstance(answer, HttpResponse)
    assert "letras o cifras" in answer.content.decode()
    assert Plan.objects.count() == 0


def test_a_document_that_is_not_read_any_more_leads_back_to_the_list(head: Client) -> None:
    row = PlanDraft.objects.create(name="viejo.txt", content=b"\0", digest="0" * 64, at=moment("2026-11-20"))
    url = f"/escritorio/plan/importar/{row.pk}/"
    for answer in (head.get(url), head.post(url, {"key": "otra"})):
        assert answer.headers["Location"] == "/escritorio/plan/importar/"
    assert "no es un documento que sepamos leer" in head.get("/escritorio/plan/importar/").content.decode()
