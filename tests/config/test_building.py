"""An office is brought to what this version needs, as often as wanted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Site, Workflow

from pregon.accounts.enums import Role
from pregon.config.building import OldDatabase, build, pending_changes, refuse_old_database
from pregon.core.home import Home
from pregon.newsroom.models import BulletinIndex

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
COUNTED: tuple[type[Model], ...] = (
    BulletinIndex,
    Group,
    GroupCollectionPermission,
    GroupPagePermission,
    Permission,
    Site,
    Workflow,
)


def test_building_twice_leaves_what_building_once_leaves(home: Home) -> None:
    build(at=NOON)
    once = {model: model._default_manager.count() for model in COUNTED}
    build(at=NOON)
    assert {model: model._default_manager.count() for model in COUNTED} == once
    shelf = BulletinIndex.objects.get()
    assert Site.objects.get().root_page.pk == shelf.get_parent().pk
    assert shelf.get_workflow().name == "Redacción → Titular"
    held = GroupPagePermission.objects.filter(page=shelf)
    assert set(held.values_list("group__name", "permission__codename")) >= {
        (Role.EDITOR.value, "change_page"),
        (Role.HEAD.value, "publish_page"),
    }
    uploads = GroupCollectionPermission.objects.filter(permission__codename="add_image")
    assert Role.EDITOR.value in uploads.values_list("group__name", flat=True)
    assert (home.static / "wagtailadmin").is_dir()


def test_a_database_of_this_version_has_nothing_pending() -> None:
    assert pending_changes() == 0


def test_nothing_is_switched_on_over_a_database_of_another_version() -> None:
    MigrationRecorder.Migration.objects.filter(app="website").delete()
    with pytest.raises(OldDatabase) as told:
        refuse_old_database()
    assert str(told.value) == (
        "La base de datos es de otra versión: ejecuta «pregon init» con el mismo --home para ponerla al día."
    )
