from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from factories.accounts import DepartmentFactory, UserFactory
from factories.newsroom import NOON, act
from pregon.accounts.enums import Role
from pregon.agenda.enums import Product, State
from pregon.agenda.models import Act
from pregon.agenda.viewsets import next_full_hour

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    return client


def sheet(**fields: object) -> dict[str, object]:
    """The form of an act as a browser sends it."""
    return {
        "title": "Día del Árbol",
        "start": "2026-11-20 12:00",
        "end": "",
        "place": "Parque",
        "kind": "civico",
        "state": "confirmado",
        "department": DepartmentFactory.create().pk,
        "description": "",
        "public": "on",
        "coverages-TOTAL_FORMS": 2,
        "coverages-INITIAL_FORMS": 2,
        "coverages-MIN_NUM_FORMS": 0,
        "coverages-MAX_NUM_FORMS": 1000,
        "coverages-0-product": "boletin",
        "coverages-0-id": "",
        "coverages-1-product": "fotos",
        "coverages-1-id": "",
    } | fields


def titles(client: Client, **query: str) -> list[str]:
    answer = client.get(reverse("actos:index"), query)
    return [shown.title for shown in answer.context["object_list"]]


def test_a_new_act_finds_its_address_and_is_due_what_was_asked(editor: Client) -> None:
    answer = editor.post(reverse("actos:add"), sheet())
    assert answer.status_code == 302
    made = Act.objects.get()
    assert made.slug == "2026-11-20-dia-del-arbol"
    assert sorted(made.coverages.values_list("product", flat=True)) == [Product.BULLETIN, Product.PHOTOS]


def test_an_act_takes_the_place_that_was_pasted_and_keeps_it_when_it_is_saved_again(editor: Client) -> None:
    link = "https://www.google.com/maps/@20.351389,-102.768056,17z"
    editor.post(reverse("actos:add"), sheet(where=link))
    made = Act.objects.get()
    assert (str(made.latitude), str(made.longitude)) == ("20.351389", "-102.768056")
    form = editor.get(reverse("actos:edit", args=[made.pk])).context["form"]
    assert form["where"].value() == "20.351389, -102.768056"


def test_a_place_that_cannot_be_read_is_refused_in_words(editor: Client) -> None:
    answer = editor.post(reverse("actos:add"), sheet(where="junto al río"))
    assert "Eso no dice dónde queda" in answer.content.decode()
    assert not Act.objects.exists()


@pytest.mark.parametrize("start", ["1999-11-20 12:00", "0026-11-20 12:00", "9999-12-31 23:59"])
def test_an_act_of_a_year_that_has_no_month_on_the_site_is_refused(editor: Client, start: str) -> None:
    answer = editor.post(reverse("actos:add"), sheet(start=start))
    assert "Revisa el año" in answer.content.decode()
    assert not Act.objects.exists()


def test_the_empty_form_already_asks_for_text_and_photos(editor: Client) -> None:
    form = editor.get(reverse("actos:add")).context["form"]
    assert form.formsets["coverages"].management_form["INITIAL_FORMS"].value() == 2
    assert [one.instance.product for one in form.formsets["coverages"].forms] == [
        Product.BULLETIN,
        Product.PHOTOS,
    ]


def test_an_act_that_ends_before_it_begins_is_refused_in_words(editor: Client) -> None:
    answer = editor.post(reverse("actos:add"), sheet(end="2026-11-20 09:00"))
    assert answer.context["form"].errors["end"] == [
        "El acto no puede terminar antes de empezar: revisa las horas."
    ]
    assert Act.objects.count() == 0


def test_changing_the_title_keeps_the_address(editor: Client) -> None:
    made = act("Día del Árbol", slug="el-de-siempre")
    rows = {f"coverages-{n}-id": one.pk for n, one in enumerate(made.coverages.order_by("pk"))}
    told = sheet(title="Semana del Árbol", **rows)
    editor.post(reverse("actos:edit", args=[made.pk]), told)
    made.refresh_from_db()
    assert (made.title, made.slug) == ("Semana del Árbol", "el-de-siempre")


def test_the_list_is_searched_without_accents_and_narrowed_by_state(editor: Client) -> None:
    act("Torneo de básquetbol")
    act("Sesión de cabildo", state=State.CANCELLED)
    assert titles(editor, q="basquet") == ["Torneo de básquetbol"]
    assert titles(editor, state=State.CANCELLED.value) == ["Sesión de cabildo"]


def test_acts_that_owe_a_piece_can_be_asked_for(editor: Client) -> None:
    act("Debe")
    act("Nada debe").coverages.all().delete()
    assert titles(editor, owed="true") == ["Debe"]


def test_a_list_costs_the_same_with_one_act_and_with_three(editor: Client) -> None:
    spent = []
    for number in range(3):
        act(f"Acto {number}")
        titles(editor)
        with CaptureQueriesContext(connection) as queries:
            titles(editor)
        spent.append(len(queries))
    assert spent[0] == spent[2]


def test_who_may_only_look_cannot_add(client: Client) -> None:
    client.force_login(UserFactory.create(roles=[Role.READER]))
    client.post(reverse("actos:add"), sheet())
    assert Act.objects.count() == 0


def test_the_act_offers_to_write_its_bulletin_and_to_leave_it(client: Client) -> None:
    client.force_login(UserFactory.create(is_superuser=True))
    made = act()
    page = client.get(reverse("actos:edit", args=[made.pk])).content.decode()
    assert (f"?acto={made.pk}" in page, reverse("agenda_desk:excuse", args=[made.pk]) in page) == (True, True)


def test_a_new_act_begins_at_the_next_full_hour() -> None:
    assert next_full_hour(NOON + timedelta(minutes=20)) == NOON + timedelta(hours=1)
    assert timezone.is_aware(next_full_hour(NOON))
