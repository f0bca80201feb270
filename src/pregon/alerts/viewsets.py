"""*Alertas* on the desk: the list of them, and the templates they begin with."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button, HeaderButton

from pregon.alerts.briefs import headline_of
from pregon.alerts.enums import TONES, State, Status
from pregon.alerts.models import Alert, AlertTemplate
from pregon.alerts.permissions import MAY_WRITE


class StateColumn(Column):
    cell_template_name = "alerts/desk/state_cell.html"

    def get_value(self, instance: Alert) -> dict[str, str]:
        return {"tone": TONES[State(instance.state)], "words": str(instance.get_state_display())}


class WhenColumn(Column):
    def get_value(self, instance: Alert) -> str:
        moment = instance.sent or instance.created_at
        return date_format(timezone.localtime(moment), "j \\d\\e F \\d\\e Y, G:i").lower()


class HeadlineColumn(TitleColumn):
    def get_value(self, instance: Alert) -> str:
        return headline_of(instance)


class AlertFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(label=gettext_lazy("Estado"), choices=State.choices)
    status = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Real o simulacro"), choices=Status.choices
    )

    class Meta:
        model = Alert
        fields: list[str] = []


class AlertIndexView(generic.IndexView):
    model = Alert
    page_title = gettext_lazy("Alertas")
    permission_required = "view"
    any_permission_required = ["view"]

    def get_base_queryset(self) -> QuerySet[Alert]:
        return Alert.objects.select_related("replaces")

    def get_add_url(self) -> str | None:
        return reverse("alerts_desk:begin") if self.request.user.has_perm(MAY_WRITE) else None

    @property
    def add_button(self) -> HeaderButton:
        return HeaderButton(_("Nueva alerta"), url=self.add_url, icon_name="plus")

    @property
    def header_more_buttons(self) -> list[Button]:
        offers = [
            ("alerts.view_alerttemplate", _("Plantillas"), "plantillas-de-alerta:index", "doc-empty"),
            (
                "alerts.view_extraordinarymessage",
                _("Mensajes extraordinarios"),
                "alerts_desk:register",
                "list-ul",
            ),
        ]
        return [
            Button(words, url=reverse(name), icon_name=icon)
            for needed, words, name, icon in offers
            if self.request.user.has_perm(needed)
        ]

    def get_list_more_buttons(self, instance: Alert) -> list[Any]:
        return []


def sheet_url(alert: Alert) -> str:
    return reverse("alerts_desk:sheet", args=[alert.pk])


class AlertViewSet(ViewSet):
    """The list. Writing and sending have pages of their own."""

    name = "alertas"
    icon = "warning"
    model = Alert

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(  # type: ignore[no-any-return]  # Wagtail carries no types
            model=Alert,
            header_icon=self.icon,
            index_url_name=self.get_url_name("index"),
            index_results_url_name=self.get_url_name("index_results"),
            filterset_class=AlertFilterSet,
            default_ordering=("-created_at", "-pk"),
            paginate_by=30,
            columns=[
                HeadlineColumn("headline", label=gettext_lazy("Alerta"), get_url=sheet_url),
                StateColumn("state", label=gettext_lazy("Estado"), width="20%", sort_key="state"),
                Column("get_severity_display", label=gettext_lazy("Gravedad"), width="14%"),
                WhenColumn("created_at", label=gettext_lazy("Fecha"), width="20%", sort_key="created_at"),
            ],
            **kwargs,
        )

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", self.construct_view(AlertIndexView), name="index"),
            path("resultados/", self.construct_view(AlertIndexView, results_only=True), name="index_results"),
        ]


class TemplateForm(WagtailAdminModelForm):
    """A template gets its identifier from its name."""

    def save(self, commit: bool = True) -> AlertTemplate:
        if not self.instance.slug:
            self.instance.slug = slugify(self.instance.name)[:60]
        self.instance.edition = 0  # from now on it is the office's own
        made: AlertTemplate = super().save(commit=commit)
        return made


class TemplateViewSet(ModelViewSet):
    """*Plantillas de alerta*."""

    model = AlertTemplate
    name = "plantillas-de-alerta"
    url_prefix = "alertas/plantillas"
    icon = "doc-empty"
    add_to_admin_menu = False
    copy_view_enabled = False
    ordering = ["position", "name"]
    list_display = ["name", Column("get_severity_display", label=gettext_lazy("Gravedad"), width="20%")]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("hours"), FieldPanel("position")]),
            MultiFieldPanel(
                [FieldPanel("headline"), FieldPanel("instruction"), FieldPanel("description")],
                heading=gettext_lazy("Lo que se lee"),
                help_text=gettext_lazy("Pon entre llaves lo que cambia cada vez: {lugar}, {hora}."),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("event"),
                    FieldRowPanel([FieldPanel("category"), FieldPanel("response")]),
                    FieldRowPanel([FieldPanel("urgency"), FieldPanel("severity"), FieldPanel("certainty")]),
                ],
                heading=gettext_lazy("Lo que dicen las máquinas"),
            ),
        ],
        base_form_class=TemplateForm,
    )


alert_viewset = AlertViewSet()
template_viewset = TemplateViewSet()
