"""The agenda on the desk: a list with filters and search, and the form of one act."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.search.backends import get_search_backend

from pregon.accounts.models import Department
from pregon.agenda.enums import Kind, Product, State
from pregon.agenda.forms import ActForm, CoveragesPanel
from pregon.agenda.models import Act, Coverage
from pregon.agenda.queries import row_of, with_coverages

#: More than anybody reads; a bound on what one search may weigh.
SEARCH_LIMIT = 500


class WhenColumn(Column):
    """Day and hour as people say them."""

    def get_value(self, instance: Act) -> str:
        return date_format(timezone.localtime(instance.start), "l j \\d\\e F, G:i").lower()


class TagColumn(Column):
    """How the coverage stands, in a word."""

    cell_template_name = "agenda/desk/tag_cell.html"

    def get_value(self, instance: Act) -> Any:
        return row_of(instance, at=timezone.now())


class ActFilterSet(WagtailFilterSet):
    start = django_filters.DateFromToRangeFilter(label=gettext_lazy("Fecha"), widget=DateRangePickerWidget)
    state = django_filters.MultipleChoiceFilter(label=gettext_lazy("Estado"), choices=State.choices)
    kind = django_filters.MultipleChoiceFilter(label=gettext_lazy("Tipo"), choices=Kind.choices)
    department = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Dependencia"), queryset=Department.objects.filter(active=True)
    )
    owed = django_filters.BooleanFilter(
        label=gettext_lazy("Debe cobertura"),
        method="filter_owed",
        widget=django_filters.widgets.BooleanWidget,
    )

    class Meta:
        model = Act
        fields: list[str] = []

    def filter_owed(self, acts: QuerySet[Act], name: str, value: bool) -> QuerySet[Act]:
        owed = Exists(Coverage.objects.open().filter(act=OuterRef("pk")))
        return acts.filter(owed) if value else acts.exclude(owed)


class ActIndexView(generic.IndexView):
    """Opens on what is to come: the past is behind a filter or an order away."""

    is_searchable = True
    page_title = gettext_lazy("Agenda")

    def get_base_queryset(self) -> QuerySet[Act]:
        return with_coverages(Act.objects.all())

    def get_list_more_buttons(self, instance: Act) -> list[Button]:
        return []  # the title opens it; what else may be done is said there

    def search_queryset(self, queryset: QuerySet[Act]) -> QuerySet[Act]:
        if not self.is_searching:
            return queryset
        found = get_search_backend().autocomplete(
            self.search_query, Act.objects.all(), order_by_relevance=False
        )
        return queryset.filter(pk__in=[act.pk for act in found[:SEARCH_LIMIT]])


class ActCreateView(generic.CreateView):
    """A new act already asks for what every act is due."""

    def get_initial_form_instance(self) -> Act:
        act = Act(start=next_full_hour(timezone.now()))
        if self.request.method == "GET":  # what comes back in the form says it all
            act.coverages = [Coverage(product=Product.BULLETIN), Coverage(product=Product.PHOTOS)]
        return act


class ActEditView(generic.EditView):
    @property
    def header_more_buttons(self) -> list[Button]:
        buttons = list(super().header_more_buttons)
        if self.object.coverages.filter(settlement="pendiente").exists():
            buttons.append(
                Button(
                    _("No se cubrirá"),
                    url=reverse("agenda_desk:excuse", args=[self.object.pk]),
                    icon_name="cross",
                    priority=40,
                )
            )
        return buttons

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """What the floors above offer for an act: they register the hook ``register_act_buttons``."""
        offers = hooks.get_hooks("register_act_buttons")
        return [button for offer in offers for button in offer(self.object, self.request.user)]


def next_full_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


class ActViewSet(ModelViewSet):
    """*Agenda*."""

    model = Act
    name = "actos"
    url_prefix = "agenda/actos"
    icon = "calendar"
    copy_view_enabled = False
    add_to_admin_menu = False
    index_view_class = ActIndexView
    add_view_class = ActCreateView
    edit_view_class = ActEditView
    filterset_class = ActFilterSet
    ordering = ["-start", "-pk"]
    list_per_page = 30
    list_display = [
        "title",
        WhenColumn("start", label=gettext_lazy("Cuándo"), sort_key="start", width="16%"),
        Column("place", label=gettext_lazy("Lugar"), width="18%"),
        Column("department", label=gettext_lazy("Dependencia"), width="18%"),
        TagColumn("coverage", label=gettext_lazy("Cobertura"), width="22%"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("title"),
                    FieldRowPanel([FieldPanel("start"), FieldPanel("end")]),
                    FieldRowPanel([FieldPanel("place"), FieldPanel("where")]),
                    FieldRowPanel([FieldPanel("department"), FieldPanel("kind"), FieldPanel("state")]),
                    CoveragesPanel(
                        "coverages",
                        heading=gettext_lazy("Qué se le debe"),
                        label=gettext_lazy("cobertura"),
                        panels=[FieldRowPanel([FieldPanel("product"), FieldPanel("assignee")])],
                    ),
                    FieldPanel("description"),
                ],
                heading=gettext_lazy("El acto"),
            ),
            ObjectList(
                [
                    MultiFieldPanel(
                        [FieldPanel("topics"), FieldPanel("localities")],
                        heading=gettext_lazy("A quién le toca"),
                    ),
                    MultiFieldPanel(
                        [FieldPanel("public"), FieldPanel("public_from")],
                        heading=gettext_lazy("Anuncio al público"),
                    ),
                    FieldPanel("album"),
                ],
                heading=gettext_lazy("Datos"),
            ),
        ],
        base_form_class=ActForm,
    )


act_viewset = ActViewSet()
