"""Albums at the desk."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from pregon.library.enums import Development
from pregon.library.models import Album


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
        Column("photo_count", label=_("Fotos"), sort_key="photo_count", width="9%"),
        Column("released_count", label=_("Publicadas"), width="9%"),
        Column("waiting_count", label=_("Preparándose"), width="10%"),
        Column("failed_count", label=_("Con falla"), width="9%"),
    ]
    list_filter = {"day": ["gte", "lte"]}
    search_fields = ["title", "place"]
    search_backend_name = None
    ordering = "-day"
