"""A real office for each journey: prepared once by the real commands, copied, and switched on at a free port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from journeys.office import HEAD, PASSWORD, SUBSCRIBER, WRITER, Desk, Office, copied, found, order, running
from journeys.reader import Reader

PEOPLE = f"""
from django.utils import timezone
from pregon.accounts import actions as accounts
from pregon.accounts.enums import Role
from pregon.delivery import actions as delivery
accounts.hire({WRITER!r}, password={PASSWORD!r}, roles=[Role.EDITOR], name="Redacción")
delivery.subscribe_directly({SUBSCRIBER!r}, channel="email", name="", consent="Sí.", at=timezone.now())
"""


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Path:
    """The office of Mazamitla with its head, a writer and a subscriber, nothing published, nothing switched on."""
    home = tmp_path_factory.mktemp("oficina") / "var"
    found(home, "--plan", "mazamitla", "--email", HEAD, PREGON_HEAD_PASSWORD=PASSWORD)
    order("shell", "--no-imports", "-c", PEOPLE, home=home)
    return home


@pytest.fixture(scope="session")
def prepared_unclaimed(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Path:
    """The office of Ocotlán, which waits for its first head."""
    home = tmp_path_factory.mktemp("sin-titular") / "var"
    found(home, "--browser", "--plan", "ocotlan")
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    return copied(prepared, tmp_path / "var")


@pytest.fixture
def unclaimed(prepared_unclaimed: Path, tmp_path: Path) -> Path:
    return copied(prepared_unclaimed, tmp_path / "var")


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    """The copy, switched on with ``pregon up``."""
    with running(home) as office:
        yield office


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Callable[..., Reader]]:
    """Opens windows that hear every complaint of the browser; a journey ends without any."""
    readers: list[Reader] = []

    def opening(office: Office, **screen: object) -> Reader:
        readers.append(Reader(browser, office.url, **screen))
        return readers[-1]

    yield opening
    complaints = [complaint for reader in readers for complaint in reader.close()]
    assert complaints == []


@pytest.fixture
def head(office: Office, open_window: Callable[..., Reader]) -> Desk:
    """The head of the office, at a large screen."""
    return Desk(open_window(office), HEAD)


@pytest.fixture
def writer(office: Office, open_window: Callable[..., Reader]) -> Desk:
    """A writer of the office, with a phone."""
    return Desk(open_window(office, phone=True), WRITER)
