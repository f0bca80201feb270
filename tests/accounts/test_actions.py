"""Hiring: who gets in, and with what sentence the others are sent back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from factories.accounts import UserFactory
from pregon.accounts import actions as accounts
from pregon.accounts.enums import Role
from pregon.accounts.errors import BadAddress, HeadExists, WeakPassword
from pregon.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

GOOD = "siete cerros y un lago"
NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def roles_of(person: User) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


def test_a_hired_person_may_enter_with_exactly_the_roles_given() -> None:
    accounts.hire(
        "Foto@Muestra.example", password=GOOD, roles=[Role.PHOTOGRAPHER, Role.DESIGNER], name="Foto"
    )
    person = User.objects.get(email="foto@muestra.example")
    assert roles_of(person) == {"Fotografía", "Diseño"}
    assert (person.first_name, person.check_password(GOOD), person.is_staff, person.is_superuser) == (
        "Foto",
        True,
        False,
        False,
    )


def test_a_person_without_roles_may_do_nothing() -> None:
    person = accounts.hire("nadie@muestra.example", password=GOOD, roles=[])
    assert person.get_all_permissions() == set()


def test_the_password_is_never_kept_as_written() -> None:
    person = accounts.hire("foto@muestra.example", password=GOOD, roles=[])
    assert GOOD not in person.password


@pytest.mark.parametrize(
    "email",
    ["", "redaccion", "redaccion@", "@muestra.example", "a b@muestra.example", "a@b", "a@b.example\n"],
)
def test_a_bad_address_is_refused_and_nobody_is_hired(email: str) -> None:
    with pytest.raises(BadAddress) as refusal:
        accounts.hire(email, password=GOOD, roles=[Role.EDITOR])
    assert str(refusal.value) == f"«{email}» no es un correo electrónico: escríbelo como nombre@dominio."
    assert User.objects.count() == 0


def test_an_address_that_somebody_has_is_refused_in_any_capitals() -> None:
    UserFactory(email="redaccion@muestra.example")
    with pytest.raises(BadAddress) as refusal:
        accounts.hire("REDACCION@muestra.example", password=GOOD, roles=[Role.EDITOR])
    assert str(refusal.value) == (
        "Ya hay una persona con el correo «REDACCION@muestra.example»: "
        "dale el papel que le falta en el escritorio."
    )
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "La contraseña es demasiado corta. Debe contener por lo menos 10 caracteres."),
        ("tres cero", "La contraseña es demasiado corta. Debe contener por lo menos 10 caracteres."),
        ("password123", "Esta contraseña es demasiado común."),
        ("73019462885120473", "Esta contraseña es completamente numérica."),
        ("12345678", None),
        ("redaccion@muestra.example", None),
    ],
)
def test_a_weak_password_is_refused_in_spanish_and_nobody_is_hired(
    password: str, sentence: str | None
) -> None:
    with pytest.raises(WeakPassword) as refusal:
        accounts.hire("redaccion@muestra.example", password=password, roles=[Role.EDITOR])
    if sentence:
        assert str(refusal.value) == sentence
    assert "password" not in str(refusal.value).lower()
    assert User.objects.count() == 0


def test_a_password_weak_in_two_ways_is_told_both() -> None:
    with pytest.raises(WeakPassword) as refusal:
        accounts.hire("redaccion@muestra.example", password="12345678", roles=[])
    assert str(refusal.value) == (
        "La contraseña es demasiado corta. Debe contener por lo menos 10 caracteres. "
        "Esta contraseña es demasiado común. Esta contraseña es completamente numérica."
    )


def test_the_first_head_may_do_everything() -> None:
    head = accounts.appoint_head("titular@muestra.example", password=GOOD, at=NOON)
    head.refresh_from_db()
    assert (head.is_staff, head.is_superuser, head.date_joined, str(head)) == (True, True, NOON, "Titular")
    assert roles_of(head) == {"Titular"}


def test_a_second_head_is_refused_and_the_first_stays() -> None:
    accounts.appoint_head("titular@muestra.example", password=GOOD, at=NOON)
    with pytest.raises(HeadExists) as refusal:
        accounts.appoint_head("otra@muestra.example", password=GOOD, at=NOON)
    assert str(refusal.value) == (
        "Esta oficina ya tiene titular: entra al escritorio con ese correo, o pide que te den de alta."
    )
    assert [person.email for person in User.objects.all()] == ["titular@muestra.example"]


def test_a_head_with_a_weak_password_leaves_the_office_without_one() -> None:
    with pytest.raises(WeakPassword):
        accounts.appoint_head("titular@muestra.example", password="titular", at=NOON)
    assert User.objects.count() == 0


def test_roles_may_be_ensured_as_often_as_wanted_without_a_row_more() -> None:
    accounts.ensure_roles()
    person = accounts.hire("foto@muestra.example", password=GOOD, roles=[Role.READER])
    before = person.get_all_permissions()
    accounts.ensure_roles()
    assert User.objects.get(pk=person.pk).get_all_permissions() == before
