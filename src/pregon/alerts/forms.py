"""Forms of an alert, each short enough for a phone in the rain."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pregon.accounts.forms import HourField
from pregon.accounts.models import Locality
from pregon.alerts.actions import WORD
from pregon.alerts.enums import Status
from pregon.alerts.errors import BadArea
from pregon.alerts.models import Alert, AlertTemplate
from pregon.alerts.queries import slots_of
from pregon.alerts.values import circle, polygon
from pregon.core.forms import WholeWords, keep_whole

MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(HourField):
    """Day and hour with the phone's own wheel."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
            input_formats=[MOMENT, f"{MOMENT}:%S"],
            **kwargs,
        )


def localities_field() -> forms.ModelMultipleChoiceField[Locality]:
    return forms.ModelMultipleChoiceField(
        Locality.objects.all(),
        label=_("Dónde"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Sin ninguna ni zona exacta, es para todo el municipio; con una zona sola se avisa a todos."
        ),
    )


class BeginForm(forms.Form):
    """Real or drill, said aloud; then the words that the template lacks."""

    status = forms.ChoiceField(
        label=_("¿Es real o es un simulacro?"),
        choices=[
            (Status.EXERCISE, _("Simulacro: todo dirá SIMULACRO y nunca podrá volverse real")),
            (Status.ACTUAL, _("Real: está pasando o va a pasar")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Di si es real o es un simulacro: nada lo elige por ti.")},
    )

    def __init__(self, template: AlertTemplate, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {f"palabra-{number}": slot for number, slot in enumerate(slots_of(template))}
        for name, slot in self.slots.items():
            self.fields[name] = forms.CharField(
                label=slot[:1].upper() + slot[1:], max_length=120, required=False
            )
        self.fields["localities"] = localities_field()
        keep_whole(self)

    @property
    def words(self) -> dict[str, str]:
        return {slot: self.cleaned_data.get(name, "") for name, slot in self.slots.items()}


class AlertForm(WholeWords, forms.ModelForm[Alert]):
    """A draft: what people read first; what machines and the careful want is folded below."""

    expires = MomentField(label=_("Termina"))
    onset = MomentField(label=_("Empieza"), required=False, help_text=_("Vacío: ya empezó."))
    #: Folded away.
    careful = (
        *("event", "category", "response", "urgency", "certainty", "onset"),
        *("area", "polygon", "circle", "contact"),
    )

    class Meta:
        model = Alert
        fields = [
            *("headline", "instruction", "description", "severity", "expires", "localities"),
            *("event", "category", "response", "urgency", "certainty", "onset"),
            *("area", "polygon", "circle", "contact"),
        ]
        widgets = {
            "instruction": forms.Textarea(attrs={"rows": 4}),
            "description": forms.Textarea(attrs={"rows": 3}),
            "polygon": forms.Textarea(attrs={"rows": 2, "inputmode": "text", "spellcheck": "false"}),
        }
        help_texts = {
            "severity": _("Una severa o extrema pide dos personas."),
            "polygon": _("Puntos «latitud,longitud» separados por espacios; el último repite al primero."),
            "circle": _("Un punto y su radio en kilómetros, como 19.9153,-103.0208 2.5."),
            "area": _("Si la zona no es una localidad: «De la presa al puente»."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["localities"] = localities_field()

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.careful]

    @property
    def careful_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in self.careful]

    def clean_polygon(self) -> str:
        return self._drawn("polygon")

    def clean_circle(self) -> str:
        return self._drawn("circle")

    def _drawn(self, name: str) -> str:
        text = " ".join((self.cleaned_data[name] or "").split())
        try:
            return str({"polygon": polygon, "circle": circle}[name](text)) if text else ""
        except BadArea as refusal:
            raise ValidationError(str(refusal)) from refusal


class WordForm(forms.Form):
    """The word that a real one asks for."""

    word = forms.CharField(
        label=_("Escribe %(word)s para confirmar que es real") % {"word": WORD},
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class JustificationForm(WholeWords, forms.Form):
    """Why a message could not wait to be authorised."""

    justification = forms.CharField(
        label=_("Por qué no podía esperar"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Escribe por qué no podía esperar: es la justificación.")},
    )
