"""The desk's forms of a plan: a measure is chosen among those that exist, with parameters it understands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from pregon.plan import registry
from pregon.plan.errors import UnknownMeasure
from pregon.plan.models import LATEST, Indicator


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
