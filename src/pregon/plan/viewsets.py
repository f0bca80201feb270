"""The parts of a plan as Wagtail edits them. They have no menu of their own: the plan's page leads to each."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)
from wagtail.snippets.views.snippets import SnippetViewSet

from pregon.plan.forms import FIELDS, ActivityForm, IndicatorForm, PlanForm, ProgrammeForm
from pregon.plan.models import Activity, Indicator, Plan, Programme


class PartViewSet(SnippetViewSet):
    icon = "tasks"
    add_to_admin_menu = False
    copy_view_enabled = False


def measured_panel() -> MultiFieldPanel:
    """The measure of a line, what it is narrowed to, and what it would have said until now."""
    fields = [FieldPanel(name) for name in FIELDS]
    return MultiFieldPanel(
        [*fields, HelpPanel(template="plan/desk/measure_help.html")], heading=_("Cómo se mide")
    )


class PlanViewSet(PartViewSet):
    model = Plan
    list_display = ["title", "year", "unit_name"]
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("year"), FieldPanel("calendar_year"), FieldPanel("slug")]),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("unit_name"), FieldPanel("responsible")]),
            FieldPanel("description"),
            MultiFieldPanel(
                [FieldPanel("mission"), FieldPanel("vision"), FieldPanel("values"), FieldPanel("goals")],
                heading=_("La oficina"),
            ),
            FieldPanel("source"),
        ],
        base_form_class=PlanForm,
    )


class ProgrammeViewSet(PartViewSet):
    model = Programme
    list_display = ["name", "plan"]
    list_filter = ["plan"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("plan"), FieldPanel("order")]),
            FieldPanel("name"),
            FieldPanel("description"),
            MultiFieldPanel(
                [
                    FieldPanel("general_objective"),
                    FieldPanel("particular_objective"),
                    FieldPanel("strategy"),
                    FieldPanel("line_of_action"),
                    FieldPanel("programme_name"),
                ],
                heading=_("De dónde viene"),
            ),
            FieldPanel("months"),
            InlinePanel("inputs", heading=_("Insumos"), label=_("Insumo")),
        ],
        base_form_class=ProgrammeForm,
    )


class IndicatorViewSet(PartViewSet):
    model = Indicator
    list_display = ["name", "plan", "target"]
    list_filter = ["plan"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("plan"), FieldPanel("programme")]),
            FieldRowPanel([FieldPanel("name"), FieldPanel("short_name")]),
            FieldRowPanel([FieldPanel("code"), FieldPanel("order")]),
            FieldPanel("definition"),
            MultiFieldPanel(
                [
                    FieldPanel("method"),
                    FieldRowPanel([FieldPanel("numerator"), FieldPanel("denominator")]),
                    FieldPanel("verification"),
                    FieldRowPanel([FieldPanel("level"), FieldPanel("kind"), FieldPanel("dimension")]),
                    FieldPanel("narrative"),
                    FieldPanel("supposition"),
                    FieldPanel("responsible"),
                ],
                heading=_("Ficha técnica"),
            ),
            FieldRowPanel([FieldPanel("unit"), FieldPanel("frequency"), FieldPanel("direction")]),
            FieldRowPanel([FieldPanel("baseline"), FieldPanel("baseline_year"), FieldPanel("previous")]),
            FieldRowPanel([FieldPanel("target"), FieldPanel("target_text")]),
            FieldPanel("milestones"),
            FieldPanel("cumulative"),
            FieldRowPanel([FieldPanel("green_from"), FieldPanel("yellow_from")], heading=_("Semáforo")),
            FieldRowPanel([FieldPanel("overshoot"), FieldPanel("overshoot_from")]),
            measured_panel(),
        ],
        base_form_class=IndicatorForm,
    )


class ActivityViewSet(PartViewSet):
    model = Activity
    list_display = ["description", "plan", "number"]
    list_filter = ["plan"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("plan"), FieldPanel("programme"), FieldPanel("number")]),
            FieldPanel("description"),
            FieldPanel("short_name"),
            FieldRowPanel([FieldPanel("indicator"), FieldPanel("responsible")]),
            FieldPanel("supposition"),
            FieldPanel("months"),
            measured_panel(),
        ],
        base_form_class=ActivityForm,
    )


VIEWSETS: tuple[type[PartViewSet], ...] = (PlanViewSet, ProgrammeViewSet, IndicatorViewSet, ActivityViewSet)
