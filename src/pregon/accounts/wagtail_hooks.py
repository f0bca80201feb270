"""Gives the desk the menu an office needs, in its order and its words, and the look of the public site."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import DateTimeField
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms.account import LocalePreferencesForm
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.widgets import AdminDateTimeInput

from pregon.accounts.forms import HourField
from pregon.accounts.models import Office
from pregon.accounts.viewsets import OfficeGroup

#: Wagtail's own entries that say nothing to an office.
NEVER = {"help", "images", "reports", "snippets"}
#: … and those that only whoever keeps the installation needs.
KEEPERS = {"explorer", "documents"}
#: The order of an office's day; entries of other apps bring theirs.
ORDER = {"memoria": 40, "albums": 40, "explorer": 9000, "documents": 9010}
WORDS = {"settings": _("Ajustes")}
#: Entries of Wagtail's settings that an office never opens by itself.
KEEPERS_SETTINGS = {"sites", "collections", "workflows", "workflow-tasks", "redirects", "locales"}
#: Wagtail's own panels of its home; ours are told apart by where they come from.
STOCK = "wagtail."


# Wagtail asks its own AppConfig which viewset serves people; ours knows that nobody has a user name.
apps.get_app_config("wagtailusers").user_viewset = "pregon.accounts.viewsets.PersonViewSet"  # type: ignore[attr-defined]


# Whoever chooses no zone of their own has the office's: their account says which one that is.
LocalePreferencesForm.base_fields["current_time_zone"].widget.attrs[
    "data-w-locale-server-time-zone-param"
] = lazy(lambda: Office.load().time_zone, str)()

# An embargo or an act may be set for a day on which the clocks change.
register_form_field_override(DateTimeField, override={"widget": AdminDateTimeInput, "form_class": HourField})


@hooks.register("register_admin_viewset")
def office_viewsets() -> OfficeGroup:
    return OfficeGroup()


@hooks.register("register_admin_menu_item")
def today_menu() -> MenuItem:
    return MenuItem(_("Hoy"), reverse("wagtailadmin_home"), name="hoy", icon_name="calendar-check", order=10)


class OfficeMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_office")


@hooks.register("register_office_menu_item")
def office_menu() -> MenuItem:
    return OfficeMenuItem(
        _("Datos de la oficina"),
        reverse("wagtailsettings:edit", args=["accounts", "office"]),
        name="datos",
        icon_name="home",
        order=0,
    )


@hooks.register("construct_main_menu", order=1000)
def trim_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    unwanted = NEVER if request.user.is_superuser else NEVER | KEEPERS
    items[:] = [item for item in items if item.name not in unwanted]
    for item in items:
        item.order = ORDER.get(item.name, item.order)
        item.label = WORDS.get(item.name, item.label)


@hooks.register("construct_settings_menu", order=1000)
def trim_settings(request: HttpRequest, items: list[MenuItem]) -> None:
    """The office's own data has its place under Oficina; the machinery stays with whoever keeps it."""
    unwanted = {"oficina"} if request.user.is_superuser else {"oficina"} | KEEPERS_SETTINGS
    items[:] = [item for item in items if item.name not in unwanted]


@hooks.register("construct_homepage_panels", order=-1000)
def drop_stock_panels(request: HttpRequest, panels: list[Any]) -> None:
    """Hoy is made of the office's own panels."""
    panels[:] = [panel for panel in panels if not type(panel).__module__.startswith(STOCK)]


@hooks.register("construct_homepage_summary_items", order=1000)
def drop_summary(request: HttpRequest, items: list[SummaryItem]) -> None:
    items.clear()


@hooks.register("insert_global_admin_css")
def desk_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("website/desk.css"))


@hooks.register("insert_global_admin_js")
def desk_dates() -> str:
    return format_html('<script src="{}"></script>', static("accounts/dates.js"))


@hooks.register("insert_global_admin_js")
def desk_limits() -> str:
    return format_html('<script src="{}" defer></script>', static("accounts/limits.js"))
