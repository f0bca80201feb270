"""*Oficina* on the desk: departments, topics, localities and officials, and the people with their roles."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.users.views.users import UserViewSet

from pregon.accounts.forms import LocalityForm, NamedForm, PersonCreationForm, PersonEditForm
from pregon.accounts.models import DaysOff, Department, Locality, Official, Topic


class OfficeViewSet(ModelViewSet):
    """Base of the lists of the office."""

    copy_view_enabled = False
    list_per_page = 50
    search_fields = ["name"]
    search_backend_name = None


class DepartmentViewSet(OfficeViewSet):
    model = Department
    name = "dependencias"
    icon = "group"
    list_display = [
        "name",
        Column("short_name", label=_("Nombre corto"), width="25%"),
        BooleanColumn("active", label=_("Vigente"), width="12%"),
    ]
    list_filter = ["active"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("short_name")]),
            FieldPanel("liaisons"),
            FieldPanel("active"),
        ],
        base_form_class=NamedForm,
    )


class TopicViewSet(OfficeViewSet):
    model = Topic
    name = "temas"
    icon = "tag"
    list_display = ["name"]
    edit_handler = ObjectList([FieldPanel("name")], base_form_class=NamedForm)


class LocalityViewSet(OfficeViewSet):
    model = Locality
    name = "localidades"
    icon = "site"
    list_display = ["name"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("where", heading=_("Ubicación en el mapa")),
        ],
        base_form_class=LocalityForm,
    )


class OfficialIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[Official]:
        return Official.objects.select_related("department")


class OfficialViewSet(OfficeViewSet):
    model = Official
    name = "servidores"
    icon = "user"
    index_view_class = OfficialIndexView
    search_fields = ["name", "position"]
    list_display = [
        "position",
        Column("name", label=_("Nombre"), sort_key="name", width="24%"),
        Column("department", label=_("Dependencia"), width="22%"),
        DateColumn("since", label=_("Desde"), sort_key="since", width="12%"),
        DateColumn("until", label=_("Hasta"), sort_key="until", width="12%"),
    ]
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("position")]),
        FieldPanel("department"),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
    ]


class DaysOffViewSet(OfficeViewSet):
    model = DaysOff
    name = "inhabiles"
    icon = "date"
    search_fields = ["reason"]
    list_display = [
        "reason",
        DateColumn("first", label=_("Desde"), sort_key="first", width="18%"),
        DateColumn("last", label=_("Hasta"), sort_key="last", width="18%"),
    ]
    panels = [
        FieldPanel("reason"),
        FieldRowPanel([FieldPanel("first"), FieldPanel("last")]),
        HelpPanel(
            _(
                "Los descansos de ley (artículo 74 de la Ley Federal del Trabajo) ya cuentan. En estos días el plan "
                "no espera nada de la oficina; los meses cerrados quedan como se firmaron."
            )
        ),
    ]


class OfficeGroup(ModelViewSetGroup):
    """One menu for all that changes once in a term. Other entries come through the hook below."""

    menu_label = _("Oficina")
    menu_icon = "home"
    menu_name = "oficina"
    menu_order = 70
    submenu_hook = "register_office_menu_item"
    items = (DepartmentViewSet, TopicViewSet, LocalityViewSet, OfficialViewSet, DaysOffViewSet)


class PersonViewSet(UserViewSet):
    """Wagtail's people, under *Oficina* and by their e-mail address."""

    menu_label = _("Personas")
    menu_order = 20
    add_to_settings_menu = False
    menu_hook = "register_office_menu_item"

    def get_form_class(self, for_update: bool = False) -> Any:
        return PersonEditForm if for_update else PersonCreationForm
