"""Albums at the desk."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from pregon.library.enums import Development
from pregon.library.models import Album


class PhotosColumn(Column):
    def get_value(self, instance: Any) -> str:
        count = instance.photo_count
        return ngettext("%(count)d foto", "%(count)d fotos", count) % {"count": count}


class StandingColumn(Column):
    """What became of the photos, the worst first, in words."""

    cell_template_name = "library/desk/standing_cell.html"

    def get_value(self, instance: Any) -> dict[str, str]:
        tone, words = standing_of(instance)
        return {"tone": tone, "words": words}


def standing_of(album: Any) -> tuple[str, str]:
    told = {
        "failed": album.failed_count,
        "waiting": album.waiting_count,
        "released": album.released_count,
        "all": album.photo_count,
    }
    if album.failed_count:
        return "bad", ngettext("%(failed)d con falla", "%(failed)d con falla", album.failed_count) % told
    if album.waiting_count:
        return "warn", ngettext(
            "%(waiting)d preparándose", "%(waiting)d preparándose", album.waiting_count
        ) % told
    if not album.photo_count:
        return "soft", gettext("Sin fotos")
    if not album.released_count:
        return "soft", gettext("Sin publicar")
    if album.released_count == album.photo_count:
        return "ok", gettext("Publicado")
    return "ok", gettext("%(released)d de %(all)d publicadas") % told


class AlbumIndexView(generic.IndexView):
    """Counts the photos with the list and not beside it."""

    def get_base_queryset(self) -> Any:
        waiting = Q(photos__development__in=[Development.DUE, Development.LEASED])
        return (
            super()
            .get_base_queryset()
            .annotate(
                photo_count=Count("photos"),
                released_count=Count("photos", filter=Q(photos__released_at__isnull=False)),
                waiting_count=Count("photos", filter=waiting),
                failed_count=Count("photos", filter=Q(photos__development=Development.FAILED)),
            )
        )

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return [
            *super().header_more_buttons,
            Button(_("Todas las fotos"), url=reverse("wagtailimages:index"), icon_name="image"),
        ]


class AlbumViewSet(ModelViewSet):
    model = Album
    name = "album"
    url_prefix = "memoria"
    icon = "image"
    menu_label = _("Memoria")
    menu_name = "memoria"
    menu_order = 300
    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = AlbumIndexView
    list_display = [
        "title",
        DateColumn("day", label=_("Fecha"), sort_key="day", width="14%"),
        Column("place", label=_("Lugar")),
        PhotosColumn("photo_count", label=_("Fotos"), sort_key="photo_count", width="14%"),
        StandingColumn("standing", label=_("Estado"), width="18%"),
    ]
    list_filter = {"day": ["gte", "lte"]}
    search_fields = ["title", "place"]
    search_backend_name = None
    ordering = "-day"
