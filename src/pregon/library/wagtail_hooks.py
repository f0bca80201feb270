"""Puts the photo memory on the desk."""

from __future__ import annotations

from wagtail import hooks

from pregon.library.viewsets import AlbumViewSet


@hooks.register("register_admin_viewset")
def albums() -> AlbumViewSet:
    return AlbumViewSet()
