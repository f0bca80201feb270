"""Whatever a test commits, the next one finds what the migrations made and nothing else."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from wagtail.models import Page, Site

pytestmark = pytest.mark.postgresql


def as_migrated() -> None:
    assert Page.objects.filter(depth=1).count() == 1
    assert Site.objects.filter(is_default_site=True).count() == 1
    assert Permission.objects.filter(codename="access_admin").count() == 1
    assert Group.objects.filter(name="De paso").count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_and_deletes_leaves_the_database_as_migrated(turn: int) -> None:
    as_migrated()
    Group.objects.create(name="De paso")
    Site.objects.all().delete()
    Permission.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_rolls_back_leaves_the_database_as_migrated(turn: int) -> None:
    as_migrated()
    Group.objects.create(name="De paso")


@pytest.mark.django_db(transaction=True)
def test_other_threads_see_what_was_committed() -> None:
    Group.objects.create(name="De paso")
    seen: list[int] = []

    def look() -> None:
        seen.append(Group.objects.filter(name="De paso").count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]
