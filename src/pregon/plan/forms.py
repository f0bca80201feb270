"""The desk's forms of a plan: a measure is chosen among those that exist and narrowed to what the office has; what
is typed by hand is asked about wherever it may mean two things."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.models import get_all_child_relations
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.documents import get_document_model
from wagtail.documents.widgets import AdminDocumentChooser

from pregon.accounts.models import Department, Locality, Topic
from pregon.agenda.enums import Kind
from pregon.core.text import UNTITLED, slug
from pregon.delivery import registry as channels
from pregon.plan import registry
from pregon.plan.actions import Explanation, Figures
from pregon.plan.contract import PERCENT, written
from pregon.plan.enums import PlanKind
from pregon.plan.fields import LinesField, MilestonesField, MonthsField, ValuesField
from pregon.plan.importing.sheets import MOST_BYTES
from pregon.plan.models import EARLIEST, LATEST, Activity, Indicator, Plan
from pregon.plan.proposing import propose
from pregon.plan.queries import closed_plan, plan_at
from pregon.plan.reports.files import FORMATS
from pregon.plan.reports.layouts import LAYOUTS, OFFICE
from pregon.plan.reports.progress import Span
from pregon.plan.values import is_per_cent

#: Digits, in threes or not, and at most two of a fraction; a comma in another place may be a fraction or not.
NUMBER = re.compile(r"(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,9})(?P<part>\.\d{1,2})?")
#: What a figure of a percentage may mean: so many of a hundred, that part of one, or a number of things.
OF_A_HUNDRED, OF_ONE, THINGS = "de-cien", "de-uno", "cosas"
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
    return [(gettext("Medidas que le van"), first), (gettext("Las demás"), rest)]


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

    def offer(self, chosen: Mapping[str, str], *, measure: str = "", text: str = "") -> None:
        """Fill the lists; what was ``chosen`` before and exists no longer stays to be seen."""
        none = _("Los registros de la oficina no lo miden")
        offered = [("", none), *measures(propose(text))]
        if measure and measure not in registry.names():
            offered.append((measure, gettext("«%(name)s», que ya no está instalada") % {"name": measure}))
        cast(forms.ChoiceField, self.fields["measure"]).choices = offered
        for name, (parameter, _label, everything) in NARROWING.items():
            field = cast(forms.ChoiceField, self.fields[name])
            found = choices_of(parameter)
            before = chosen.get(parameter, "")
            if before and before not in dict(found):
                found.append((before, gettext("«%(name)s», que ya no existe") % {"name": before}))
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
        if not chosen or chosen not in registry.names():  # of a package that is gone: kept as it is
            return cleaned
        measure = registry.find(chosen)
        for name, (parameter, _label, everything) in NARROWING.items():
            if cleaned.get(name) and parameter not in measure.parameters:
                self.add_error(
                    name,
                    gettext("«%(title)s» no se puede separar así: elige «%(everything)s».")
                    % {"title": measure.title, "everything": everything},
                )
        return cleaned


class MeasureForm(MeasureFields):
    """What the preview is asked for."""

    def __init__(self, *args: Any, text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer({}, text=text)


class PartForm(WagtailAdminModelForm):
    """A part of a plan, which carries what was saved when it was opened: whoever saves over somebody else's work is
    told first, with all that they typed still in the form, and may save once more."""

    data: Any
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened"].initial = self._saved()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opened, saved = cleaned.get("opened"), self._saved()
        if opened and saved and opened != saved:
            self.data = self.data.copy()
            self.data[self.add_prefix("opened")] = saved
            self.add_error(None, self._told())
        return cleaned

    def _told(self) -> str:
        """What was typed is compared with what is saved now, for the form was made of it."""
        other = [str(self[name].label) for name in self.changed_data if name != "opened"]
        said = gettext(
            "Alguien guardó esta ficha después de que la abriste. Lo que escribiste sigue aquí%(other)s."
        )
        asked = gettext("Mira lo guardado en otra pestaña; si vale lo tuyo, guarda otra vez.")
        named = gettext(", y es distinto en: %(fields)s") % {"fields": ", ".join(other)} if other else ""
        return f"{said % {'other': named}} {asked}"

    def _saved(self) -> str:
        """The digest of its row and of what is written with it; nothing of one that was never saved."""
        kept = self._meta.model._default_manager.filter(pk=self.instance.pk)
        parts = [relation.get_accessor_name() for relation in get_all_child_relations(self._meta.model)]
        rows = [list(kept.values()), *(list(getattr(one, part).values()) for one in kept for part in parts)]
        return hashlib.sha256(repr(rows).encode()).hexdigest() if rows[0] else ""


class MeasuredForm(MeasureFields, PartForm):
    """An indicator or an activity."""

    class Media:
        js = (Script("plan/measures.js", type="module"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item = self.instance
        said = item.description if isinstance(item, Activity) else f"{item.name} {item.definition}"
        self.offer(item.parameters, measure=item.measure, text=said)
        for name in {"programme", "indicator"} & self.fields.keys() if item.plan_id else ():
            field = cast("forms.ModelChoiceField[Any]", self.fields[name])
            field.queryset = field.queryset.filter(plan=item.plan_id) if field.queryset is not None else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        plan = cleaned.get("plan")
        for name in ("programme", "indicator"):
            if plan and (other := cleaned.get(name)) and other.plan_id != plan.pk:
                self.add_error(name, gettext("«%(name)s» es de otro plan.") % {"name": other})
        return cleaned

    def _post_clean(self) -> None:
        if "measure" in self.fields:
            self.instance.parameters = self.parameters() if self.cleaned_data.get("measure") else {}
        super()._post_clean()


class ActivityForm(MeasuredForm):
    """An activity, its months marked one by one, with how many are planned in each where the plan counts."""

    months = MonthsField(label=_("Meses planeados"), required=False)
    amounts = MilestonesField(
        label=_("Cantidad por mes"),
        required=False,
        help_text=_("Cuántos se planean en un mes, si el plan lo dice. El mes queda marcado."),
    )
    done = MonthsField(
        label=_("Meses que el documento da por hechos"),
        required=False,
        help_text=_("Lo que dice el documento del plan; lo que prueban los registros se cuenta aparte."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "months" in cleaned and (amounts := cleaned.get("amounts")):
            cleaned["months"] = [
                planned or str(month) in amounts for month, planned in enumerate(cleaned["months"], start=1)
            ]
        return cleaned


class IndicatorForm(MeasuredForm):
    """An indicator, with what is expected by the end of some months."""

    milestones = MilestonesField(
        label=_("Metas por mes"),
        required=False,
        help_text=_("Lo que debe llevarse al final de un mes. Deja vacíos los que no tienen meta."),
    )


class ProgrammeForm(PartForm):
    """A programme, its months marked one by one, with the plans above it that it serves."""

    months = MonthsField(label=_("Meses"), required=False)
    alignment = ValuesField(
        label=_("Alineación"),
        required=False,
        help_text=_("Uno por renglón: el plan de más arriba, dos puntos y a qué de él se suma."),
        refused=_("«%(line)s»: escribe el plan de más arriba, dos puntos y a qué de él se suma."),
    )


class PlanForm(PartForm):
    """A plan, with its lists a line for each thing."""

    values = ValuesField(
        label=_("Valores"),
        required=False,
        help_text=_("Uno por renglón: el valor, dos puntos y qué significa."),
    )
    goals = LinesField(label=_("Propósitos"), required=False, help_text=_("Uno por renglón."))


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


class CaptureForm(forms.Form):
    """A figure of one month with where it comes from."""

    month = forms.TypedChoiceField(
        label=_("Mes"),
        coerce=int,
        error_messages={
            "invalid_choice": _(
                "Elige una de las opciones: ese mes ya está cerrado (ábrelo de nuevo, con su motivo) o no empieza."
            )
        },
    )
    numerator = forms.CharField(
        label=_("Hecho"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    denominator = forms.CharField(
        label=_("De cuántos"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("Vacío cuando no se debía un número fijo."),
    )
    meant = forms.ChoiceField(
        label=_("¿Qué quiere decir esa cifra?"), required=False, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("De dónde sale"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("El documento, quién lo lleva y cómo se contó. Se lee en el sitio."),
    )
    evidence = forms.ModelChoiceField(
        get_document_model().objects.all(),
        label=_("Archivo de evidencia"),
        required=False,
        widget=AdminDocumentChooser,
    )
    public = forms.BooleanField(
        label=_("Cualquiera puede abrir el archivo en el sitio"),
        required=False,
        help_text=_("Revisa antes que no lleve datos personales."),
    )

    def __init__(self, item: Indicator | Activity, months: Iterable[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        choices = [(month, capfirst(str(MONTHS[month]))) for month in months]
        self.fields["month"].choices = choices  # type: ignore[attr-defined]  # fields are typed by their base
        self.meanings = self._meanings()
        if self.meanings:
            self.fields["meant"].choices = self.meanings  # type: ignore[attr-defined]  # fields are typed by their base
        else:
            del self.fields["meant"]

    def clean_numerator(self) -> Decimal:
        return number(self.cleaned_data["numerator"].replace("%", ""))

    def clean_denominator(self) -> Decimal | None:
        typed = self.cleaned_data["denominator"].strip()
        return number(typed) if typed else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.meanings and "numerator" in cleaned and not cleaned.get("meant"):
            several = len(self.meanings) > 1
            self.add_error(
                "meant",
                _("Esa cifra puede decir más de una cosa: elige cuál.")
                if several
                else _(
                    "Un porcentaje no pasa de 100: escribe cuántos de cuántos, o di que se contó sin por ciento."
                ),
            )
        if "%" in self.data.get("numerator", "") and cleaned.get("denominator") is not None:
            self.add_error("denominator", _("Escribe el por ciento o cuántos de cuántos, no los dos."))
        return cleaned

    @property
    def said(self) -> Figures:
        """What was typed, as it was meant."""
        done, owed = self.cleaned_data["numerator"], self.cleaned_data["denominator"]
        meant = self.cleaned_data.get("meant")
        if meant in {OF_A_HUNDRED, OF_ONE}:
            done, owed = done * (PERCENT if meant == OF_ONE else 1), PERCENT
        return Figures(
            numerator=done,
            denominator=owed,
            note=self.cleaned_data["note"],
            evidence=self.cleaned_data["evidence"],
            public=self.cleaned_data["public"],
        )

    def _meanings(self) -> list[tuple[str, str]]:
        """What the figure may mean, where it may mean more than one thing."""
        typed = self.data.get("numerator", "") if self.is_bound else ""
        unit = self.item.unit if isinstance(self.item, Indicator) else ""
        asked = "%" in typed or (is_per_cent(unit) and not self.data.get("denominator"))
        try:
            figure = number(typed.replace("%", ""))
        except ValidationError:
            return []
        if not asked:
            return []
        found = []
        if figure <= PERCENT:
            found.append((OF_A_HUNDRED, gettext("%(n)s de cada 100 (%(n)s %%)") % {"n": written(figure)}))
        if 0 < figure <= 1:
            found.append((OF_ONE, gettext("%(n)s de cada 100 (%(n)s %%)") % {"n": written(figure * PERCENT)}))
        return [*found, (THINGS, gettext("%(n)s, contado y sin por ciento") % {"n": written(figure)})]


def number(typed: str) -> Decimal:
    """The number that somebody typed. Raises :class:`ValidationError` for one that may be read in two ways."""
    found = NUMBER.fullmatch("".join(typed.split()))
    if not found:
        raise ValidationError(
            _("Escribe un número con punto decimal y a lo más dos decimales, como 1250.50.")
        )
    return Decimal(found["whole"].replace(",", "") + (found["part"] or ""))


class ExplainForm(forms.Form):
    """Why a month went otherwise than planned."""

    cause = forms.CharField(
        label=_("Causa"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Qué pasó.")
    )
    effect = forms.CharField(
        label=_("Efecto"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Qué dejó de tener la gente."),
    )
    remedy = forms.CharField(
        label=_("Qué se hará"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Quién, y para cuándo."),
    )

    @property
    def said(self) -> Explanation:
        return Explanation(**self.cleaned_data)


class ReopenForm(forms.Form):
    """Why a closed month is opened again."""

    reason = forms.CharField(
        label=_("Por qué se abre de nuevo"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Queda firmado y se lee en el sitio, junto a lo que se había cerrado."),
    )


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
    key = forms.CharField(
        label=_("Clave"),
        max_length=60,
        help_text=_("En minúsculas y con guiones. Con el año forma su dirección: /plan/clave-año/."),
    )
    replacing = forms.BooleanField(label=_("Reemplazar el plan que ya está"), required=False)

    def clean_key(self) -> str:
        key = slug(self.cleaned_data["key"])
        if key == UNTITLED:
            raise forms.ValidationError(_("La clave lleva letras o cifras, como comunicacion-social."))
        return key

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
