"""What a reader may fill in: the subscription, its preferences, and the search."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pregon.accounts.models import Department, Locality, Topic
from pregon.delivery.enums import Frequency

LONGEST_KEY = 18
#: What whoever asks for notices in the browser agrees to.
CONSENT = _(
    "Acepto que la oficina mande avisos de sus boletines a este navegador. Puedo dejarlos cuando quiera."
)


class SomeOf(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Some of the office's records. A key longer than any the database could hold is one that nobody has: asking
    for it would be an error of the database and not of the reader."""

    def clean(self, value: Any) -> Any:
        keys = value if isinstance(value, list | tuple) else ()  # anything else is refused below
        if beyond := [key for key in keys if len(str(key)) > LONGEST_KEY]:
            sentence = self.error_messages["invalid_choice"]
            raise forms.ValidationError(sentence, code="invalid_choice", params={"value": beyond[0]})
        return super().clean(value)


class Interests(forms.Form):
    """Which bulletins a reader wants; nothing chosen means all of them."""

    temas = SomeOf(Topic.objects.all(), required=False, label=_("Temas"), widget=forms.CheckboxSelectMultiple)
    localidades = SomeOf(
        Locality.objects.all(), required=False, label=_("Localidades"), widget=forms.CheckboxSelectMultiple
    )
    frecuencia = forms.TypedChoiceField(
        label=_("Cuándo te escribimos"),
        choices=Frequency.choices,
        coerce=Frequency,
        empty_value=Frequency.EACH,
        initial=Frequency.EACH,
        required=False,
        widget=forms.RadioSelect,
    )


class PreferencesForm(Interests):
    """The same choices, changed later."""


class SubscribeForm(Interests):
    """The wish to receive, with the consent that the law asks for."""

    correo = forms.EmailField(
        label=_("Correo electrónico"),
        max_length=254,
        error_messages={
            "required": _("Escribe tu correo electrónico."),
            "invalid": _("Ese correo no está completo: escríbelo como nombre@dominio.mx."),
        },
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "placeholder": "nombre@dominio.mx"}
        ),
    )
    acepto = forms.BooleanField(
        label=_(
            "Acepto que la oficina use mi correo solo para enviarme boletines. "
            "Puedo darme de baja cuando quiera."
        ),
        error_messages={"required": _("Marca la casilla para que podamos escribirte.")},
    )
    # People never see this field; programs that fill every field do.
    sitio = forms.CharField(required=False, label=_("Deja vacío este campo"))

    def clean_correo(self) -> str:
        return str(self.cleaned_data["correo"]).strip().lower()


class TypingForm(forms.Form):
    """Words that are still being typed."""

    q = forms.CharField(
        required=False,
        max_length=200,
        error_messages={"max_length": _("Son demasiadas letras para buscar: escribe unas pocas palabras.")},
    )


class SearchForm(forms.Form):
    """Words and filters. A filter that names nothing is an error to show and not one to hide."""

    q = forms.CharField(
        required=False, max_length=200, label=_("Palabras"), widget=forms.TextInput(attrs={"type": "search"})
    )
    tema = forms.ModelChoiceField(
        Topic.objects.all(),
        required=False,
        to_field_name="slug",
        label=_("Tema"),
        empty_label=_("Todos los temas"),
    )
    dependencia = forms.ModelChoiceField(
        Department.objects.all(),
        required=False,
        to_field_name="slug",
        label=_("Dependencia"),
        empty_label=_("Todas las dependencias"),
    )
    localidad = forms.ModelChoiceField(
        Locality.objects.all(),
        required=False,
        to_field_name="slug",
        label=_("Localidad"),
        empty_label=_("Todas las localidades"),
    )
    desde = forms.DateField(
        required=False, label=_("Desde"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hasta = forms.DateField(
        required=False, label=_("Hasta"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    @property
    def untouched(self) -> bool:
        """Whether nothing was asked yet: then the words are what one came to type."""
        return not any(self.data.values())

    @property
    def narrowed(self) -> bool:
        """Whether any filter besides the words is in use, so that the page opens them."""
        return any(self.data.get(name) for name in self.fields if name != "q")


class MomentForm(forms.Form):
    """Which page, as it stood when."""

    pagina = forms.CharField(
        label=_("Dirección"),
        max_length=500,
        initial="/",
        help_text=_("La de la página, como se ve en el navegador; «/» es la portada."),
    )
    fecha = forms.DateField(
        label=_("El día"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hora = forms.TimeField(
        label=_("A las"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    @property
    def moment(self) -> datetime | None:
        """The moment that was asked for; the end of the day when no hour was."""
        day = self.cleaned_data.get("fecha")
        hour = self.cleaned_data.get("hora") or time.max
        return timezone.make_aware(datetime.combine(day, hour)) if day else None
