"""What the records of the office hold on to, in the form and in the database."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from factories.accounts import DepartmentFactory, UserFactory
from pregon.accounts.models import HEX_COLOUR, Department, Office, Official, User

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

TERM = date(2024, 10, 1)


def official(*, until: date | None = None) -> Official:
    return Official.objects.create(
        name="Persona de muestra", position="Dirección de Obras Públicas", since=TERM, until=until
    )


def test_a_person_is_known_by_an_address_without_capitals() -> None:
    User.objects.create_user("Redaccion@Muestra.EXAMPLE", "una-clave-de-prueba")
    person = User.objects.get_by_natural_key("REDACCION@muestra.example")
    assert (person.email, person.check_password("una-clave-de-prueba")) == ("redaccion@muestra.example", True)


def test_a_form_takes_the_same_address_in_capitals_for_the_same_person() -> None:
    UserFactory(email="redaccion@muestra.example")
    twin = User(email="REDACCION@muestra.example", password="sin usar")
    with pytest.raises(ValidationError) as refusal:
        twin.full_clean()
    assert list(refusal.value.message_dict) == ["email"]


def test_the_database_keeps_one_person_for_each_address() -> None:
    UserFactory(email="redaccion@muestra.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="redaccion@muestra.example")


def test_a_superuser_of_the_command_line_may_do_everything() -> None:
    head = User.objects.create_superuser("titular@muestra.example", "una-clave-de-prueba")
    assert (head.is_staff, head.is_superuser) == (True, True)


def test_a_person_is_called_by_name_and_else_by_address() -> None:
    assert str(User(email="a@muestra.example", first_name="Redacción")) == "Redacción"
    assert str(User(email="a@muestra.example")) == "a@muestra.example"


def test_the_office_speaks_for_its_town_and_keeps_its_hour() -> None:
    office = Office.load()
    assert (str(office), office.initials) == ("Comunicación Social", "P")
    office.municipality, office.time_zone = "villa de Muestra", "America/Tijuana"
    assert (str(office), office.initials) == ("Comunicación Social · villa de Muestra", "V")
    assert office.zone == ZoneInfo("America/Tijuana")


def test_there_is_one_office() -> None:
    Office.load().save()
    Office.load().save()
    assert Office.objects.count() == 1


@pytest.mark.parametrize("colour", ["1f5a45", "#1f5a4", "#1f5a455", "verde", "#1f5a4g", "#1f5a45\nx"])
def test_a_colour_is_written_with_six_figures(colour: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        HEX_COLOUR(colour)
    assert refusal.value.messages == ["Escribe el color como #RRGGBB, por ejemplo #1F5A45."]


def test_a_department_of_the_same_name_or_address_is_refused_by_the_database() -> None:
    DepartmentFactory(name="Protección Civil", slug="proteccion-civil")
    for name, slug in (("Protección Civil", "otra"), ("Otra", "proteccion-civil")):
        with pytest.raises(IntegrityError), transaction.atomic():
            DepartmentFactory(name=name, slug=slug)
    assert [str(found) for found in Department.objects.all()] == ["Protección Civil"]


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2024, 9, 30), False),
        (TERM, True),
        (date(2025, 6, 1), True),
        (date(2027, 9, 30), True),
        (date(2027, 10, 1), False),
    ],
)
def test_an_official_is_in_office_from_the_first_day_to_the_last(day: date, holds: bool) -> None:
    official(until=date(2027, 9, 30))
    assert Official.objects.in_office(day).exists() is holds


def test_an_official_without_a_last_day_stays_in_office() -> None:
    assert list(Official.objects.in_office(date(2099, 1, 1))) == []
    standing = official()
    assert list(Official.objects.in_office(date(2099, 1, 1))) == [standing]


def test_a_term_that_ends_before_it_begins_is_refused_in_the_form_and_in_the_database() -> None:
    backwards = Official(name="Persona de muestra", position="Cargo", since=TERM, until=date(2024, 9, 30))
    with pytest.raises(ValidationError) as refusal:
        backwards.full_clean()
    assert refusal.value.messages == ["El cargo no puede terminar antes de empezar: revisa las fechas."]
    with pytest.raises(IntegrityError), transaction.atomic():
        backwards.save()


def test_an_office_that_uses_the_tiles_of_others_names_them() -> None:
    office = Office(municipality="Muestra", tiles="https://mapas.muestra.example/{z}/{x}/{y}.png")
    with pytest.raises(ValidationError, match="Escribe el crédito"):
        office.full_clean()
    office.tiles_credit = "© Mapas de muestra"
    office.full_clean()


@pytest.mark.parametrize(
    "tiles",
    [
        "mapas",
        "ftp://m.example/{z}/{x}/{y}",
        "https://m.example/{z}/{x}.png",
        "https://m.example/{s}/{z}/{x}",
    ],
)
def test_an_address_that_gives_no_tiles_is_refused(tiles: str) -> None:
    with pytest.raises(ValidationError, match="Escribe la dirección de las piezas"):
        Office(municipality="Muestra", tiles=tiles, tiles_credit="©").full_clean()
