"""Who writes and who approves: page permissions of the roles and the way "Redacción → Titular" through Wagtail's
own workflow. Both may be asked for as often as wanted."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import GroupApprovalTask, GroupPagePermission, Workflow, WorkflowPage, WorkflowTask

from pregon.accounts.enums import Role
from pregon.newsroom.models import BulletinIndex, PieceIndex

WORKFLOW = "Redacción → Titular"
TASK = "Visto bueno de la persona titular"
#: What Wagtail makes for every site, in English; nothing here passes it.
STOCK = "Moderators approval"
WRITES = ("add_page", "change_page")
DECIDES = (*WRITES, "publish_page", "lock_page", "unlock_page")


@transaction.atomic
def ensure_workflow(index: BulletinIndex | PieceIndex) -> Workflow:
    """Every page under ``index`` passes the head of the office. A workflow that the office chose itself stays."""
    head, _ = Group.objects.get_or_create(name=Role.HEAD.value)
    task = GroupApprovalTask.objects.filter(name=TASK).first() or GroupApprovalTask.objects.create(name=TASK)
    task.groups.add(head)
    workflow, _ = Workflow.objects.get_or_create(name=WORKFLOW)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.get_or_create(page=index, defaults={"workflow": workflow})
    for unused in Workflow.objects.filter(name=STOCK, active=True).exclude(workflow_pages__page=index):
        unused.deactivate()
    return workflow


@transaction.atomic
def ensure_page_permissions(index: BulletinIndex | PieceIndex) -> None:
    """Redacción writes under ``index``, the head of the office also publishes. Permissions given by hand stay."""
    for role, codenames in ((Role.EDITOR, WRITES), (Role.HEAD, DECIDES)):
        group, _ = Group.objects.get_or_create(name=role.value)
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=codenames
        ):
            GroupPagePermission.objects.get_or_create(group=group, page=index, permission=permission)
