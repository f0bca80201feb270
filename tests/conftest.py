"""What every test stands on: its servers, and a database that begins as the migrations left it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import TransactionTestCase
from hypothesis import settings as settings_of_hypothesis
from pytest_django import DjangoDbBlocker

from pregon.core.home import Home
from servers.database import database_of
from servers.loopback import stay_on_this_machine

pytest_plugins = ["servers.fixtures"]

#: How long an example takes says how busy the machine is, and nothing of the code. What a change must pass tries the
#: same examples each time; whoever works on it tries others.
settings_of_hypothesis.register_profile("unhurried", deadline=None, derandomize="CI" in os.environ)
settings_of_hypothesis.load_profile("unhurried")

sys.addaudithook(stay_on_this_machine)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """pytest-django's own fixture, with a copied database in the place of a migrated one."""
    database = database_of(getattr(request.config, "workerinput", {}).get("workerid", "main"))
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        database.prepare()
        # Django would flush every table, and the root page and the groups that migrations made with them.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: database.restore())
        yield
        database.remove()


@pytest.fixture(autouse=True, scope="session")
def no_power_cut() -> Iterator[None]:
    """What only a power cut would lose is not waited for: no test could see it, and thousands of pages are written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """A site or a count that one test put in the cache would answer for the next one's."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def empty_home() -> Iterator[None]:
    """A letter or a page that one test left would be found by another one: rows get the same numbers again."""
    home: Home = settings.HOME
    yield
    for folder in (home.outbox, home.baked, home.media, home.derived):
        for left in folder.iterdir() if folder.is_dir() else ():
            shutil.rmtree(left) if left.is_dir() else left.unlink()


@pytest.fixture
def time_machine_at() -> Iterator[Callable[[datetime], None]]:
    """Moves the clock of the test to a moment; it goes on from there."""
    travellers: list[time_machine.travel] = []

    def go(moment: datetime) -> None:
        traveller = time_machine.travel(moment, tick=True)
        traveller.start()
        travellers.append(traveller)

    yield go
    for traveller in reversed(travellers):
        traveller.stop()
