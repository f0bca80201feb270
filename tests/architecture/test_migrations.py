"""What the models say, the migrations say."""

from __future__ import annotations

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation


def test_no_migration_is_missing() -> None:
    with translation.override(None):  # as makemigrations works: a translated word is no change
        assert missing() == {}


def missing() -> dict[str, list[str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    return {
        app: [operation.describe() for migration in found for operation in migration.operations]
        for app, found in detector.changes(graph=loader.graph).items()
    }


def test_no_app_has_two_last_migrations() -> None:
    assert MigrationLoader(None, ignore_no_migrations=True).detect_conflicts() == {}
