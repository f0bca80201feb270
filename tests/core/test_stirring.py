"""An idle worker hears of what others write, and of nothing else."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from pregon.accounts.models import Topic
from pregon.core.stirring import Stirring

pytestmark = pytest.mark.django_db(transaction=True)


def written_elsewhere() -> None:
    """A commit of another connection."""

    def write() -> None:
        Topic.objects.create(name="Salud", slug="salud")
        connection.close()

    other = threading.Thread(target=write)
    other.start()
    other.join()


@pytest.mark.postgresql
def test_the_first_look_always_finds_something() -> None:
    assert Stirring()() is True


@pytest.mark.postgresql
def test_a_commit_of_another_connection_stirs() -> None:
    stirred = Stirring()
    stirred()
    written_elsewhere()
    assert stirred() is True


def test_nothing_stirs_while_nobody_writes_where_the_database_can_tell() -> None:
    stirred = Stirring()
    stirred()
    assert [stirred(), stirred()] == [connection.vendor != "sqlite"] * 2


def test_reading_stirs_nothing_where_the_database_can_tell() -> None:
    stirred = Stirring()
    stirred()
    assert Topic.objects.count() == 0
    assert stirred() is (connection.vendor != "sqlite")
