from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.admin.menu import admin_menu, settings_menu

from factories.accounts import UserFactory
from pregon.accounts.enums import Role
from pregon.accounts.models import Office, User

pytestmark = pytest.mark.django_db


def menu(user: User) -> list[str]:
    request = RequestFactory().get("/")
    request.user = user
    items = admin_menu.menu_items_for_request(request)
    return [item.name for item in sorted(items, key=lambda item: item.order)]


def test_the_head_has_the_offices_menu_in_its_order() -> None:
    shown = menu(UserFactory.create(is_superuser=True))
    ours = [name for name in shown if name in {"hoy", "agenda", "boletines", "memoria", "envios", "oficina"}]
    assert ours == ["hoy", "agenda", "boletines", "memoria", "envios", "oficina"]
    assert {"help", "images", "reports"} & set(shown) == set()


def test_who_may_only_look_finds_neither_machinery_nor_forms() -> None:
    shown = menu(UserFactory.create(roles=[Role.READER]))
    assert {"explorer", "documents", "oficina", "boletines", "settings"} & set(shown) == set()
    assert shown[:2] == ["hoy", "agenda"]


def test_the_offices_data_is_under_the_office_and_not_under_settings() -> None:
    request = RequestFactory().get("/")
    request.user = UserFactory.create(is_superuser=True)
    names = {item.name for item in settings_menu.menu_items_for_request(request)}
    assert {"oficina", "users"} & names == set()


def test_the_desk_opens_on_the_day(client: Client) -> None:
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert [words in page for words in ("Actos de hoy", "Saliendo ahora", "Nuevo acto", "desk.css")] == [
        True
    ] * 4


def test_the_desk_has_none_of_the_stock_panels(client: Client) -> None:
    client.force_login(UserFactory.create(is_superuser=True))
    panels = client.get(reverse("wagtailadmin_home")).context["panels"]
    assert [panel for panel in panels if type(panel).__module__.startswith("wagtail.")] == []


def test_the_door_carries_the_offices_name(client: Client) -> None:
    page = client.get(reverse("wagtailadmin_login")).content.decode()
    assert ("Pregón" in page, "Sign in to Wagtail" in page) == (True, False)


def test_whoever_chooses_no_zone_is_told_that_it_is_the_offices(client: Client) -> None:
    office = Office.load()
    office.time_zone = "America/Tijuana"
    office.save()
    client.force_login(UserFactory.create(is_superuser=True))
    page = client.get(reverse("wagtailadmin_account")).content.decode()
    assert 'data-w-locale-server-time-zone-param="America/Tijuana"' in page
    assert "Usar la zona horaria de la oficina" in page
