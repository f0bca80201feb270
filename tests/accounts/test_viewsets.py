from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories.accounts import DepartmentFactory, UserFactory
from pregon.accounts.enums import Role
from pregon.accounts.models import DaysOff, Department, Official, Topic, User

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

LISTS = ["dependencias", "temas", "localidades", "servidores", "inhabiles", "wagtailusers_users"]
PHRASE = "una frase larga de prueba"


@pytest.fixture
def head(client: Client) -> Client:
    client.force_login(UserFactory.create(is_superuser=True))
    return client


@pytest.mark.parametrize("name", LISTS)
def test_each_list_of_the_office_opens(head: Client, name: str) -> None:
    assert head.get(reverse(f"{name}:index")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_no_list_of_the_office_opens_for_who_may_only_look(client: Client, name: str) -> None:
    client.force_login(UserFactory.create(roles=[Role.READER]))
    assert client.get(reverse(f"{name}:index"))["Location"] == reverse("wagtailadmin_home")


def test_a_department_finds_its_address(head: Client) -> None:
    head.post(reverse("dependencias:add"), {"name": "Dirección de Obras Públicas", "active": "on"})
    assert Department.objects.values_list("slug", flat=True).get() == "direccion-de-obras-publicas"


def test_a_topic_needs_only_its_name(head: Client) -> None:
    head.post(reverse("temas:add"), {"name": "Salud"})
    assert Topic.objects.values_list("slug", flat=True).get() == "salud"


def test_a_term_that_ends_before_it_begins_is_refused_in_words(head: Client) -> None:
    told = {"name": "Titular", "position": "Dirección", "since": "2026-10-01", "until": "2026-09-01"}
    page = head.post(reverse("servidores:add"), told).content.decode()
    assert ("El cargo no puede terminar antes de empezar" in page, Official.objects.count()) == (True, 0)


def test_a_list_costs_the_same_with_one_row_and_with_three(head: Client) -> None:
    spent = []
    for _number in range(3):
        Official.objects.create(
            name="Titular", position="Dirección", since="2026-10-01", department=DepartmentFactory.create()
        )
        head.get(reverse("servidores:index"))
        with CaptureQueriesContext(connection) as queries:
            head.get(reverse("servidores:index"))
        spent.append(len(queries))
    assert spent[0] == spent[2]


def test_a_person_is_given_roles_without_a_user_name(head: Client) -> None:
    group = Group.objects.get(name=Role.EDITOR.value)
    told = {
        "email": "redaccion@muestra.example",
        "first_name": "Redacción",
        "password1": PHRASE,
        "password2": PHRASE,
        "groups": [group.pk],
    }
    assert head.post(reverse("wagtailusers_users:add"), told).status_code == 302
    made = User.objects.get(email="redaccion@muestra.example")
    assert (list(made.groups.all()), made.is_superuser) == ([group], False)


def test_a_person_is_changed(head: Client) -> None:
    person = UserFactory.create()
    told = {"email": person.email, "first_name": "Fotografía", "is_active": "on"}
    assert head.post(reverse("wagtailusers_users:edit", args=[person.pk]), told).status_code == 302
    assert User.objects.get(pk=person.pk).first_name == "Fotografía"


def test_the_days_off_of_an_office_are_written_on_the_desk(head: Client) -> None:
    told = {"reason": "Fiesta patronal", "first": "2026-07-24", "last": "2026-07-26"}
    head.post(reverse("inhabiles:add"), told)
    assert list(map(str, DaysOff.objects.each_day())) == ["2026-07-24", "2026-07-25", "2026-07-26"]


@pytest.mark.parametrize(
    ("last", "refusal"),
    [("2026-07-20", "No pueden terminar antes de empezar"), ("2027-07-26", "revisa el año")],
)
def test_days_off_with_a_slip_in_their_dates_are_refused_in_words(
    head: Client, last: str, refusal: str
) -> None:
    page = head.post(reverse("inhabiles:add"), {"reason": "Fiesta", "first": "2026-07-24", "last": last})
    assert (refusal in page.content.decode(), DaysOff.objects.count()) == (True, 0)
