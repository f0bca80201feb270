from __future__ import annotations

import pytest
from wagtail.models import GroupPagePermission, Workflow, WorkflowPage

from factories.newsroom import shelf
from pregon.accounts.enums import Role
from pregon.newsroom.actions.workflow import WORKFLOW, ensure_page_permissions, ensure_workflow

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_every_bulletin_passes_the_head_of_the_office() -> None:
    index = shelf()
    workflow = ensure_workflow(index)
    assert (workflow.name, index.get_workflow()) == (WORKFLOW, workflow)
    assert list(Workflow.objects.filter(active=True)) == [workflow]
    assert [group.name for task in workflow.tasks for group in task.specific.groups.all()] == [
        Role.HEAD.value
    ]


def test_asking_twice_makes_nothing_twice() -> None:
    index = shelf()
    for _time in range(2):
        workflow = ensure_workflow(index)
        ensure_page_permissions(index)
    assert (Workflow.objects.filter(name=WORKFLOW).count(), workflow.workflow_tasks.count()) == (1, 1)


def test_a_workflow_that_the_office_chose_stays() -> None:
    index = shelf()
    own = Workflow.objects.create(name="La nuestra")
    WorkflowPage.objects.create(page=index, workflow=own)
    ensure_workflow(index)
    assert index.get_workflow() == own


def test_writers_write_and_only_the_head_publishes() -> None:
    index = shelf()
    ensure_page_permissions(index)
    given = GroupPagePermission.objects.filter(page=index).values_list("group__name", "permission__codename")
    assert {name for name, codename in given if codename == "publish_page"} == {Role.HEAD.value}
    assert {name for name, codename in given if codename == "add_page"} == {
        Role.EDITOR.value,
        Role.HEAD.value,
    }
