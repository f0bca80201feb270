"""The desk's forms of a plan: a measure is chosen among those that exist, and narrowed to what the office has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.forms.widgets import Script
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from pregon.accounts.models import Department, Locality, Topic
from pregon.agenda.enums import Kind
from pregon.delivery import registry as channels
from pregon.plan import registry
from pregon.plan.enums import PlanKind
from pregon.plan.importing.sheets import MOST_BYTES
from pregon.plan.models import EARLIEST, LATEST, Indicator
from pregon.plan.proposing import propose
from pregon.plan.queries import closed_plan, plan_at

#: What a measure is narrowed to: the name of the field, the parameter, and what stands there when nothing is chosen.
NARROWING = {
    "about_department": ("department", _("Dependencia"), _("Todas las dependencias")),
    "about_kind": ("kind", _("Tipo de acto"), _("Todos los tipos de acto")),
    "about_locality": ("locality", _("Localidad"), _("Todas las localidades")),
    "about_topic": ("topic", _("Tema"), _("Todos los temas")),
    "about_channel": ("channel", _("Canal"), _("Todos los canales")),
}
FIELDS = ("measure", *NARROWING)


def choices_of(parameter: str) -> list[tuple[str, str]]:
    """What exists in this office."""
    if parameter == "kind":
        return [(kind.value, str(kind.label)) for kind in Kind]
    if parameter == "channel":
        return [(kind, channels.label_of(kind)) for kind in channels.kinds()]
    model = {"department": Department, "locality": Locality, "topic": Topic}[parameter]
    return list(model._default_manager.order_by("name").values_list("slug", "name"))


def measures(suited: Iterable[str] = ()) -> list[Any]:
    """All measures by their titles, those that suit the words of the plan first."""
    titles = {name: str(registry.find(name).title) for name in registry.names()}
    first = [(name, titles.pop(name)) for name in suited if name in titles]
    rest = sorted(titles.items(), key=lambda item: item[1])
    if not first:
        return rest
    return [(_now("Medidas que le van"), first), (_now("Las demás"), rest)]


class MeasureFields(forms.Form):
    """A measure and what it is narrowed to. A page without script shows every narrowing; the script hides those that
    the chosen measure does not understand."""

    measure = forms.ChoiceField(
        label=_("Medida"),
        required=False,
        help_text=_("La pregunta que responden los registros de la oficina."),
        widget=forms.Select(attrs={"data-measure": ""}),
    )
    about_department = forms.ChoiceField(label=_("Dependencia"), required=False)
    about_kind = forms.ChoiceField(label=_("Tipo de acto"), required=False)
    about_locality = forms.ChoiceField(label=_("Localidad"), required=False)
    about_topic = forms.ChoiceField(label=_("Tema"), required=False)
    about_channel = forms.ChoiceField(label=_("Canal"), required=False)

    def offer(self, chosen: Mapping[str, str], *, text: str = "") -> None:
        """Fill the lists; what was ``chosen`` before and exists no longer stays to be seen."""
        none = _("Los registros de la oficina no lo miden")
        cast(forms.ChoiceField, self.fields["measure"]).choices = [("", none), *measures(propose(text))]
        for name, (parameter, _label, everything) in NARROWING.items():
            field = cast(forms.ChoiceField, self.fields[name])
            found = choices_of(parameter)
            before = chosen.get(parameter, "")
            if before and before not in dict(found):
                found.append((before, _now("«%(name)s», que ya no existe") % {"name": before}))
            field.choices = [("", everything), *found]
            field.initial = before
            field.widget.attrs["data-narrows"] = " ".join(
                each for each in registry.names() if parameter in registry.find(each).parameters
            )

    def parameters(self) -> dict[str, str]:
        """What was chosen, after validation."""
        return {
            parameter: self.cleaned_data[name]
            for name, (parameter, _label, _all) in NARROWING.items()
            if self.cleaned_data.get(name)
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.get("measure")
        if not chosen:
            return cleaned
        measure = registry.find(chosen)
        for name, (parameter, _label, everything) in NARROWING.items():
            if cleaned.get(name) and parameter not in measure.parameters:
                self.add_error(
                    name,
                    _now("«%(title)s» no se puede separar así: elige «%(everything)s».")
                    % {"title": measure.title, "everything": everything},
                )
        return cleaned


class MeasureForm(MeasureFields):
    """What the preview is asked for."""

    def __init__(self, *args: Any, text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer({}, text=text)


class MeasuredForm(MeasureFields, WagtailAdminModelForm):
    """An indicator or an activity."""

    class Media:
        js = (Script("plan/measures.js", type="module"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item = self.instance
        said = getattr(item, "description", "") or f"{getattr(item, 'name', '')} {item.definition}"
        self.offer(item.parameters, text=said)

    def _post_clean(self) -> None:
        if "measure" in self.fields:
            self.instance.parameters = self.parameters() if self.cleaned_data.get("measure") else {}
        super()._post_clean()


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
