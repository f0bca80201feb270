"""*Boletines* on the desk: every bulletin with its folio and its stage in words; and the lists of the
pages beside them."""

from __future__ import annotations

import re
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import policy_registry
from wagtail.search.backends import get_search_backend

from pregon.accounts.models import Department
from pregon.newsroom.models import Bulletin, Campaign, Episode, Service, Video
from pregon.newsroom.panels import sheet_or_editor
from pregon.newsroom.queries import TONES, Stage, stage_words, staged

SEARCH_LIMIT = 500
FOLIO = re.compile(r"^\s*(\d{1,4})(?:\s*/\s*(\d{4}))?\s*$")


class StageColumn(Column):
    cell_template_name = "newsroom/desk/stage_cell.html"

    def get_value(self, instance: Any) -> dict[str, str]:
        return {
            "tone": TONES[Stage(instance.stage)],
            "words": stage_words(instance.stage, instance.leaves_at),
        }


class MomentColumn(Column):
    def get_value(self, instance: Any) -> str:
        moment = instance.moment
        return date_format(timezone.localtime(moment), "j \\d\\e F \\d\\e Y, G:i").lower() if moment else ""


class BulletinFilterSet(WagtailFilterSet):
    stage = django_filters.MultipleChoiceFilter(label=gettext_lazy("Estado"), choices=Stage.choices)
    department = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Dependencia"), queryset=Department.objects.all()
    )
    first_published_at = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("Publicado"), widget=DateRangePickerWidget
    )

    class Meta:
        model = Bulletin
        fields: list[str] = []


class BulletinIndexView(generic.IndexView):
    model = Bulletin
    is_searchable = True
    page_title = gettext_lazy("Boletines")
    any_permission_required = ["add", "change", "publish"]

    def get_base_queryset(self) -> QuerySet[Bulletin]:
        # The policy answers with bare pages; which of them are bulletins is asked here.
        mine = policy_registry.get_by_type(Bulletin).instances_user_has_any_permission_for(
            self.request.user, {"add", "change", "publish"}
        )
        bulletins = Bulletin.objects.filter(pk__in=mine.values("pk"))
        return staged(bulletins.select_related("department").defer_streamfields())

    def search_queryset(self, queryset: QuerySet[Bulletin]) -> QuerySet[Bulletin]:
        if not self.is_searching:
            return queryset
        found = get_search_backend().autocomplete(
            self.search_query, Bulletin.objects.all(), order_by_relevance=False
        )
        wanted = Q(pk__in=[bulletin.pk for bulletin in found[:SEARCH_LIMIT]])
        if folio := FOLIO.match(self.search_query):
            wanted |= Q(number=int(folio[1]), **({"year": int(folio[2])} if folio[2] else {}))
        return queryset.filter(wanted)

    def get_add_url(self) -> str | None:
        return reverse("newsroom_desk:new") if self.user_has_permission("add") else None

    @property
    def add_button(self) -> HeaderButton:
        return HeaderButton(_("Nuevo boletín"), url=self.add_url, icon_name="plus")

    def get_list_more_buttons(self, instance: Bulletin) -> list[Any]:
        return []


class BulletinViewSet(ViewSet):
    """*Boletines*: the list. Writing, history and workflow are Wagtail's own pages."""

    name = "boletines"
    icon = "doc-full"
    model = Bulletin
    index_view_class = BulletinIndexView

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(  # type: ignore[no-any-return]  # Wagtail carries no types
            model=Bulletin,
            header_icon=self.icon,
            index_url_name=self.get_url_name("index"),
            index_results_url_name=self.get_url_name("index_results"),
            filterset_class=BulletinFilterSet,
            default_ordering=("-moment", "-pk"),
            paginate_by=30,
            columns=[
                Column("folio", label=gettext_lazy("Folio"), width="9%", sort_key="number"),
                TitleColumn("title", label=gettext_lazy("Título"), get_url=sheet_or_editor, sort_key="title"),
                StageColumn("stage", label=gettext_lazy("Estado"), width="18%"),
                Column("department", label=gettext_lazy("Dependencia"), width="20%"),
                MomentColumn("moment", label=gettext_lazy("Fecha"), width="15%", sort_key="moment"),
            ],
            **kwargs,
        )

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", self.construct_view(self.index_view_class), name="index"),
            path(
                "resultados/",
                self.construct_view(self.index_view_class, results_only=True),
                name="index_results",
            ),
        ]


bulletin_viewset = BulletinViewSet()


class CampaignViewSet(PageListingViewSet):
    name, model, icon = "campanas", Campaign, "pick"
    menu_label = gettext_lazy("Campañas")


class ServiceViewSet(PageListingViewSet):
    name, model, icon = "servicios", Service, "form"
    menu_label = gettext_lazy("Trámites y servicios")


class EpisodeViewSet(PageListingViewSet):
    name, model, icon = "podcast", Episode, "media"
    menu_label = gettext_lazy("Podcast")


class VideoViewSet(PageListingViewSet):
    name, model, icon = "videos", Video, "media"
    menu_label = gettext_lazy("Videos")


#: The lists of the pages beside the bulletins, as the menu names them.
PIECE_VIEWSETS: list[Any] = [CampaignViewSet(), ServiceViewSet(), EpisodeViewSet(), VideoViewSet()]
