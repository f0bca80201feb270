from __future__ import annotations

import pytest
from django.db import connection, transaction
from django_tasks import task
from django_tasks.base import TaskResultStatus

from pregon.accounts.models import Topic


@task()
def spoil() -> None:
    Topic.objects.create(name="A medias", slug="a-medias")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


@task()
def name_one() -> None:
    Topic.objects.create(name="Agua", slug="agua")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_chore_that_breaks_in_the_database_leaves_the_transaction_around_it_whole() -> None:
    with transaction.atomic():
        Topic.objects.create(name="Antes", slug="antes")
        failed = spoil.enqueue()
        Topic.objects.create(name="Después", slug="despues")
    assert failed.status == TaskResultStatus.FAILED
    assert sorted(Topic.objects.values_list("slug", flat=True)) == ["antes", "despues"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_chore_that_does_well_is_done_at_once() -> None:
    assert name_one.enqueue().status == TaskResultStatus.SUCCESSFUL
    assert list(Topic.objects.values_list("slug", flat=True)) == ["agua"]
