"""The desk's forms of a plan: a measure is chosen among those that exist, with parameters it understands."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from pregon.plan import registry
from pregon.plan.enums import PlanKind
from pregon.plan.errors import UnknownMeasure
from pregon.plan.importing.sheets import MOST_BYTES
from pregon.plan.models import EARLIEST, LATEST, Indicator, Plan
from pregon.plan.queries import closed_plan, plan_at
from pregon.plan.reports.files import FORMATS
from pregon.plan.reports.layouts import LAYOUTS, OFFICE
from pregon.plan.reports.progress import Span


class MeasuredForm(WagtailAdminModelForm):
    """An indicator or an activity."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(name, registry.find(name).title) for name in registry.names()]
        self.fields["measure"] = forms.ChoiceField(
            label=_("Medida"),
            required=False,
            choices=[("", _("Los registros de la oficina no lo miden")), *titles],
            help_text=_("La pregunta que responden los registros de la oficina."),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        name, parameters = cleaned.get("measure"), cleaned.get("parameters") or {}
        if not name or not isinstance(parameters, dict):
            return cleaned
        try:
            registry.scope_of(registry.find(name), parameters)
        except UnknownMeasure as problem:
            self.add_error("parameters", str(problem))
        return cleaned


class YearForm(forms.Form):
    """For which year a plan is copied."""

    year = forms.IntegerField(
        label=_("Año"),
        max_value=LATEST,
        error_messages={
            "required": _("Escribe para qué año es."),
            "invalid": _("Escribe el año con sus cuatro cifras."),
        },
    )


class TargetForm(forms.ModelForm[Indicator]):
    """What is to be reached from now on."""

    class Meta:
        model = Indicator
        fields = ["target", "target_text"]
        labels = {"target": _("Meta nueva"), "target_text": _("Con palabras")}
        error_messages = {
            "target": {
                "required": _("Escribe la meta nueva, o deja la que estaba."),
                "invalid": _("Escribe la meta con cifras, por ejemplo 95."),
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].required = True
        if (target := self.initial.get("target")) is not None:
            self.initial["target"] = f"{target.normalize():f}"  # «100», and not «100.00»


class DocumentForm(forms.Form):
    """The document of a plan, as the office has it."""

    file = forms.FileField(
        label=_("Documento"),
        max_length=200,
        error_messages={"required": _("Elige el documento del plan.")},
        help_text=_("Word (.docx), Excel (.xlsx), CSV, texto, o el archivo YAML de Pregón."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("El documento pesa más de %(most)s MB: quítale las fotos y súbelo otra vez."),
                params={"most": MOST_BYTES // 1024**2},
            )
        return file


class UnderstoodForm(forms.Form):
    """What a person may correct of a plan before it is loaded; the rest is changed in the plan itself."""

    title = forms.CharField(label=_("Título"), max_length=200)
    year = forms.IntegerField(label=_("Año"), min_value=EARLIEST, max_value=LATEST)
    kind = forms.ChoiceField(label=_("Clase de plan"), choices=PlanKind.choices)
    unit_name = forms.CharField(label=_("Unidad responsable"), max_length=160)
    key = forms.SlugField(
        label=_("Clave"),
        max_length=60,
        help_text=_("En minúsculas y con guiones. Con el año forma su dirección: /plan/clave-año/."),
    )
    replacing = forms.BooleanField(label=_("Reemplazar el plan que ya está"), required=False)

    def clean_key(self) -> str:
        return str(self.cleaned_data["key"]).lower().replace("_", "-").strip("-")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        key, year = cleaned.get("key"), cleaned.get("year")
        if not key or not year or (standing := plan_at(key, year)) is None:
            return cleaned
        if closed_plan(key, year):
            self.add_error(
                "key", _("«%(plan)s» ya tiene meses cerrados: escribe otra clave.") % {"plan": standing}
            )
        elif not cleaned.get("replacing"):
            self.add_error(
                "replacing",
                _("«%(plan)s» ya tiene esa clave y ese año: márcalo para reemplazarlo, o escribe otra clave.")
                % {"plan": standing},
            )
        return cleaned


class ReportForm(forms.Form):
    """Which report, in which layout, as which kind of file. Begun quarters only: of the others nothing can be told."""

    def __init__(self, *args: Any, plan: Plan, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begun = [span for span in Span.all_of(plan.year) if span.has_begun(today)] or [Span(year=plan.year)]
        quarters = [span for span in begun if span.quarter]
        over = [span for span in quarters if span.period.last < today]
        self.fields["span"] = forms.ChoiceField(
            label=_("De qué"),
            choices=[(span.slug, span.title) for span in begun],
            initial=(over or quarters or begun)[-1].slug,
            help_text=_("De un trimestre que no ha terminado se dice lo que hay hasta hoy."),
        )
        self.fields["layout"] = forms.ChoiceField(
            label=_("Cómo se ordena"),
            choices=[(layout.key, layout.title) for layout in LAYOUTS.values()],
            initial=OFFICE.key,
            widget=forms.RadioSelect,
        )
        self.fields["kind"] = forms.ChoiceField(
            label=_("Archivo"),
            choices=[(kind.key, kind.title) for kind in FORMATS.values()],
            initial="pdf",
            widget=forms.RadioSelect,
        )
