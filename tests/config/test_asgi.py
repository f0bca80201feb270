from __future__ import annotations

from django.conf import settings

from pregon.config import asgi
from pregon.website.front import Front, Gateway


def test_baked_files_stand_before_django() -> None:
    assert isinstance(asgi.application, Front)
    assert isinstance(asgi.application.app, Gateway)
    assert asgi.application.pages.root == settings.HOME.baked


def test_views_are_written_into_the_offices_home() -> None:
    assert asgi.application.views is asgi.views
    assert asgi.views is not None
    assert asgi.views.folder == settings.HOME.views
