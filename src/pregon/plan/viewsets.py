"""The parts of a plan as Wagtail edits them. They have no menu of their own: the plan's page leads to each."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, SnippetViewSet

from pregon.plan.forms import FIELDS, ActivityForm, IndicatorForm, PlanForm, ProgrammeForm
from pregon.plan.models import Activity, Indicator, Plan, Programme


def page_of(part: Plan | Programme | Indicator | Activity) -> str:
    """Where the whole plan of ``part`` is looked at."""
    return reverse("plan_desk:sheet", args=[part.pk if isinstance(part, Plan) else part.plan_id])


class PartCreateView(CreateView):
    """Begun from a plan, a new line belongs to it and comes after the others."""

    def get_initial_form_instance(self) -> Any:
        named = self.request.GET.get("plan", "")
        if self.model is Plan or not named.isdecimal():
            return super().get_initial_form_instance()
        plan = get_object_or_404(Plan, pk=named)
        place = "number" if self.model is Activity else "order"
        last = self.model.objects.filter(plan=plan).aggregate(last=Max(place))["last"]
        return self.model(plan=plan, **{place: (last or 0) + 1})

    def get_success_url(self) -> str:
        return page_of(self.object)


class PartEditView(EditView):
    def get_success_url(self) -> str:
        return page_of(self.object)


class PartDeleteView(DeleteView):
    def get_usage(self) -> Any:
        """«Se usa 0 veces» beside what people captured of it would say that nothing is lost."""
        found = super().get_usage()
        if found is not None and not found.count():
            self.usage_url = None
        return found

    def get_success_url(self) -> str:
        return reverse("plan_desk:index") if isinstance(self.object, Plan) else page_of(self.object)


class PartViewSet(SnippetViewSet):
    icon = "tasks"
    add_to_admin_menu = False
    copy_view_enabled = False
    add_view_class = PartCreateView
    edit_view_class = PartEditView
    delete_view_class = PartDeleteView


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
            FieldRowPanel([FieldPanel("name"), FieldPanel("responsible")]),
            FieldPanel("description"),
            MultiFieldPanel(
                [
                    FieldPanel("axis"),
                    FieldPanel("alignment"),
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
            FieldRowPanel([FieldPanel("code"), FieldPanel("reference"), FieldPanel("order")]),
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
            FieldRowPanel([FieldPanel("short_name"), FieldPanel("reference")]),
            FieldRowPanel([FieldPanel("indicator"), FieldPanel("responsible")]),
            FieldPanel("supposition"),
            FieldPanel("months"),
            FieldPanel("amounts"),
            FieldPanel("done"),
            measured_panel(),
        ],
        base_form_class=ActivityForm,
    )


VIEWSETS: tuple[type[PartViewSet], ...] = (PlanViewSet, ProgrammeViewSet, IndicatorViewSet, ActivityViewSet)
