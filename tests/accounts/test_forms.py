from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from factories.accounts import TopicFactory, UserFactory
from pregon.accounts.forms import (
    EntryForm,
    HourField,
    LocalityForm,
    NamedForm,
    PersonCreationForm,
    PersonEditForm,
    WelcomeForm,
    free_slug,
)
from pregon.accounts.models import Locality, Topic, User

pytestmark = pytest.mark.django_db

PHRASE = "una frase larga de prueba"


class TopicForm(NamedForm):
    class Meta:
        model = Topic
        fields = ["name"]


def test_two_passwords_that_differ_are_refused() -> None:
    form = WelcomeForm({"email": "titular@muestra.example", "password": PHRASE, "again": "otra"})
    assert form.errors == {"again": ["Las dos contraseñas no son iguales: escríbelas de nuevo."]}


def test_an_empty_welcome_says_what_is_missing_line_by_line() -> None:
    assert sorted(WelcomeForm({}).errors) == ["again", "email", "password"]


def test_a_name_becomes_an_address_that_nobody_else_has() -> None:
    TopicFactory.create(name="Uno", slug="obra-publica")
    assert free_slug(Topic(name="Obra pública")) == "obra-publica-2"


def test_a_changed_name_keeps_its_address() -> None:
    topic = TopicFactory.create(name="Obras", slug="obras")
    form = TopicForm({"name": "Obra pública"}, instance=topic, for_user=None)
    assert (form.is_valid(), form.save().slug) == (True, "obras")


def test_a_person_is_made_by_address_in_small_letters() -> None:
    told = {
        "email": "Redaccion@Muestra.Example",
        "first_name": "Redacción",
        "password1": PHRASE,
        "password2": PHRASE,
    }
    form = PersonCreationForm(told)
    assert form.is_valid(), form.errors
    made = form.save()
    assert (made.email, made.check_password(PHRASE), User.objects.count()) == (
        "redaccion@muestra.example",
        True,
        1,
    )


def test_a_person_keeps_the_password_when_none_is_written() -> None:
    person = UserFactory.create()
    form = PersonEditForm(
        {"email": person.email, "first_name": "Fotografía", "is_active": "on"}, instance=person
    )
    assert form.is_valid(), form.errors
    form.save()
    person.refresh_from_db()
    assert (person.first_name, person.check_password("una-clave-de-prueba")) == ("Fotografía", True)


def test_the_door_names_its_fields_in_our_words() -> None:
    assert [str(field.label) for field in EntryForm().fields.values()][:2] == [
        "Correo electrónico",
        "Contraseña",
    ]


def test_an_hour_that_the_clocks_skip_or_repeat_is_no_mistake_of_the_zone() -> None:
    with timezone.override("America/Tijuana"):
        assert HourField().clean("2027-11-07 01:30") == datetime(2027, 11, 7, 8, 30, tzinfo=UTC)
        with pytest.raises(ValidationError) as refusal:
            HourField().clean("2027-03-14 02:00")
        with pytest.raises(ValidationError) as nonsense:
            HourField().clean("2027-03-32 02:00")
    assert refusal.value.messages == [
        "Ese día se adelanta el reloj y las 2:00 no existen: escribe las 3:00 u otra hora."
    ]
    assert nonsense.value.messages == ["Escribe una fecha y una hora que existan, como 2026-11-27 18:30."]


@pytest.mark.parametrize("typed", ["0026-11-20 12:00", "9999-12-31 23:59"])
def test_a_year_that_nobody_meant_is_asked_about(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"Revisa el año: va de 1800 a 2099\."):
        HourField().clean(typed)


class PlaceForm(LocalityForm):
    class Meta:
        model = Locality
        fields = ["name"]


def test_a_locality_takes_the_point_that_was_pasted_and_shows_it_again() -> None:
    link = "https://www.openstreetmap.org/#map=17/20.351389/-102.768056"
    form = PlaceForm({"name": "La Loma", "where": link}, for_user=None)
    assert form.is_valid(), form.errors
    saved = form.save()
    saved.refresh_from_db()
    assert (str(saved.latitude), str(saved.longitude), saved.slug) == ("20.351389", "-102.768056", "la-loma")
    assert PlaceForm(instance=saved, for_user=None).initial["where"] == "20.351389, -102.768056"
    cleared = PlaceForm({"name": "La Loma", "where": ""}, instance=saved, for_user=None)
    assert (cleared.is_valid(), cleared.save().latitude) == (True, None)


def test_a_place_that_cannot_be_read_is_told() -> None:
    form = PlaceForm({"name": "La Loma", "where": "junto al río"}, for_user=None)
    [told] = form.errors["where"]
    assert (list(form.errors), told.startswith("Eso no dice dónde queda: escribe")) == (["where"], True)
