"""*Suscriptores*: who receives, by channel and standing. Consent is theirs: nothing of it is edited here."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton, ListingButton

from pregon.delivery.enums import Frequency, Standing
from pregon.delivery.models import Subscriber
from pregon.delivery.registry import channel_class, kinds, label_of

TONES = {Standing.PENDING: "warn", Standing.CONFIRMED: "ok", Standing.LEFT: "soft", Standing.GONE: "bad"}


class StandingColumn(Column):
    cell_template_name = "delivery/desk/standing_cell.html"

    def get_value(self, instance: Subscriber) -> dict[str, Any]:
        standing = Standing(instance.standing)
        return {"tone": TONES[standing], "words": standing.label}


class LeaveColumn(Column):
    cell_template_name = "delivery/desk/leave_cell.html"

    def get_value(self, instance: Subscriber) -> str:
        if instance.standing in {Standing.PENDING, Standing.CONFIRMED}:
            return "leave"
        return "return" if instance.standing == Standing.GONE and instance.confirmed_at else ""


class SubscriberFilterSet(WagtailFilterSet):
    channel = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Canal"), choices=lambda: [(kind, channel_class(kind).label) for kind in kinds()]
    )
    standing = django_filters.MultipleChoiceFilter(label=gettext_lazy("Situación"), choices=Standing.choices)
    frequency = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Frecuencia"), choices=Frequency.choices
    )
    broadcast = django_filters.BooleanFilter(label=gettext_lazy("Canal de la oficina"))

    class Meta:
        model = Subscriber
        fields: list[str] = []


class SubscriberIndexView(generic.IndexView):
    model = Subscriber
    template_name = "delivery/desk/subscribers.html"
    page_title = gettext_lazy("Suscriptores")
    search_fields = ["address", "name"]
    search_backend_name = None
    any_permission_required = ["view", "add", "change"]

    def get_base_queryset(self) -> QuerySet[Subscriber]:
        """Rows whose address was erased only serve the history."""
        found: QuerySet[Subscriber] = super().get_base_queryset()
        return found.filter(erased_at__isnull=True)

    def get_add_url(self) -> str | None:
        return reverse("suscriptores_desk:add") if self.user_has_permission("add") else None

    @property
    def add_button(self) -> HeaderButton:
        return HeaderButton(_("Nuevo canal de la oficina"), url=self.add_url, icon_name="plus")

    @property
    def on_the_whole(self) -> list[ListingButton]:
        """What is done with the whole list, in sight of those who may."""
        offered = [
            (_("Importar una lista"), "rosters", "delivery.add_subscriber"),
            (_("Exportar como CSV"), "export_csv", "delivery.export_subscriber"),
            (_("Exportar como libro de Excel"), "export_xlsx", "delivery.export_subscriber"),
            (_("No escribir más a…"), "suppress", "delivery.change_subscriber"),
        ]
        return [
            ListingButton(label, url=reverse(f"suscriptores_desk:{name}"))
            for label, name, needed in offered
            if self.request.user.has_perm(needed)
        ]


class SubscriberViewSet(ViewSet):
    name = "suscriptores"
    icon = "group"
    model = Subscriber

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(  # type: ignore[no-any-return]  # Wagtail carries no types
            header_icon=self.icon,
            index_url_name=self.get_url_name("index"),
            index_results_url_name=self.get_url_name("index_results"),
            filterset_class=SubscriberFilterSet,
            default_ordering="-pk",
            paginate_by=50,
            columns=[
                Column("address", label=gettext_lazy("Dirección")),
                Column("name", label=gettext_lazy("Nombre"), width="18%"),
                Column(
                    "channel",
                    label=gettext_lazy("Canal"),
                    width="14%",
                    accessor=lambda subscriber: label_of(subscriber.channel),
                ),
                StandingColumn("standing", label=gettext_lazy("Situación"), width="16%"),
                DateColumn("asked_at", label=gettext_lazy("Lo pidió"), width="14%"),
                LeaveColumn("leave", label=gettext_lazy("Baja"), width="12%"),
            ],
            **kwargs,
        )

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", self.construct_view(SubscriberIndexView), name="index"),
            path(
                "resultados/",
                self.construct_view(SubscriberIndexView, results_only=True),
                name="index_results",
            ),
        ]


subscriber_viewset = SubscriberViewSet()
