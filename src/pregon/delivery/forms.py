"""Forms of the delivery desk: a channel's options drawn from its own dataclass, and a new channel of the office."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any, get_type_hints

from django import forms
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from pregon.delivery.contract import Options
from pregon.delivery.enums import EXPLAINED, Mode, State
from pregon.delivery.errors import Rejected
from pregon.delivery.models import ChannelAccount
from pregon.delivery.reading import MOST_BYTES
from pregon.delivery.registry import channel_class, kinds, rehearse


class ModeForm(forms.Form):
    """What a channel may do."""

    mode = forms.ChoiceField(label=_("Modo"), choices=Mode.choices, widget=forms.RadioSelect)


def field_for(option: Field[Any], kind: Any, *, secret: bool, stored: bool) -> forms.Field:
    """The form's field of one option. ``stored`` tells that a secret is already kept."""
    words: dict[str, Any] = {
        "label": option.metadata["label"],
        "help_text": option.metadata.get("help", ""),
        "required": False,
    }
    default = "" if option.default is MISSING else option.default
    if choices := option.metadata.get("choices"):
        return forms.ChoiceField(**words, choices=choices, initial=default)
    if kind is bool:
        return forms.BooleanField(**words, initial=bool(default))
    if kind is int:
        return forms.IntegerField(**words, initial=default)
    if secret:
        words["help_text"] = _("Guardado. Déjalo vacío para conservarlo.") if stored else words["help_text"]
        return forms.CharField(**words, widget=forms.PasswordInput(attrs={"autocomplete": "off"}))
    return forms.CharField(**words, initial=default)


class OptionsForm(forms.Form):
    """Lines of a channel's form in two groups: what everybody fills in, and what hardly anybody changes."""

    seldom_names: frozenset[str] = frozenset()

    @property
    def daily(self) -> list[forms.BoundField]:
        return [line for line in self if line.name not in self.seldom_names]

    @property
    def seldom(self) -> list[forms.BoundField]:
        return [line for line in self if line.name in self.seldom_names]

    @property
    def seldom_is_wrong(self) -> bool:
        """Whether the group has to open so that its trouble is seen."""
        return any(line.errors for line in self.seldom)


def options_form(options_class: type[Options], *, stored: dict[str, Any], data: Any = None) -> OptionsForm:
    """One line per option. Whatever is missing may be missing until the channel goes live."""
    hints = get_type_hints(options_class)
    lines = {
        option.name: field_for(
            option,
            hints[option.name],
            secret=option.name in options_class.secret,
            stored=bool(stored.get(option.name)),
        )
        for option in fields(options_class)
    }
    seldom = frozenset(option.name for option in fields(options_class) if option.metadata.get("seldom"))
    form_class: type[OptionsForm] = type("ChannelForm", (OptionsForm,), {**lines, "seldom_names": seldom})
    shown = {name: value for name, value in stored.items() if name not in options_class.secret}
    return form_class(data, initial=shown, prefix="opcion")


def spelled_out(state: State) -> str:
    """ "Retenido: se guardó y no salió"."""
    return f"{state.label}: {EXPLAINED[state]}" if state in EXPLAINED else str(state.label)


class LedgerFilterForm(forms.Form):
    """Narrows the lines of one dispatch."""

    channel = forms.ChoiceField(label=_("Canal"), required=False)
    state = forms.ChoiceField(label=_("Estado"), required=False)

    def __init__(self, *args: Any, channels: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.value, spelled_out(state)) for state in State]
        self.fields["state"] = forms.ChoiceField(
            label=_("Estado"), required=False, choices=[("", _("Todos")), *states]
        )
        self.fields["channel"] = forms.ChoiceField(
            label=_("Canal"), required=False, choices=[("", _("Todos")), *channels]
        )


class PassedOnForm(forms.Form):
    """Where the public reads what a person has just published, if it has an address."""

    url = forms.URLField(required=False, max_length=500, assume_scheme="https")


class TrialForm(forms.Form):
    """Where to send a trial to."""

    channel = forms.ChoiceField(label=_("Canal"))
    address = forms.CharField(
        label=_("Tu dirección en ese canal"),
        max_length=320,
        help_text=_("Un correo, un número de teléfono o el chat de quien hace la prueba."),
    )

    def __init__(self, *args: Any, channels: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"] = forms.ChoiceField(label=_("Canal"), choices=channels)


class PaceForm(forms.Form):
    """How fast a channel may go at this office: only ever slower than its provider allows."""

    per_minute = forms.IntegerField(
        label=_("Mensajes por minuto, a lo más"),
        required=False,
        min_value=1,
        help_text=_("Vacío: tan rápido como el proveedor deja."),
    )
    per_day = forms.IntegerField(
        label=_("Mensajes por día, a lo más"),
        required=False,
        min_value=1,
        help_text=_("Vacío: cuantos el proveedor deja. Sirve cuando el contrato cobra por volumen."),
    )


class AddressForm(forms.Form):
    """An address of any channel, in the channel's one spelling."""

    channel = forms.ChoiceField(label=_("Canal"))
    address = forms.CharField(label=_("Dirección"), max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"] = forms.ChoiceField(
            label=_("Canal"), choices=[(kind, channel_class(kind).label) for kind in kinds()]
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind, address = cleaned.get("channel"), cleaned.get("address")
        if kind and address:
            account = ChannelAccount.objects.filter(kind=kind).first() or ChannelAccount(kind=kind)
            try:
                cleaned["address"] = rehearse(kind, account.options).normalise(address)
            except Rejected as refusal:
                self.add_error("address", str(refusal))
        return cleaned


class OfficeChannelForm(AddressForm):
    """A public channel, group or endpoint of the office itself, on a channel where an office has such a place."""

    name = forms.CharField(label=_("Nombre"), max_length=120, help_text=_("Como lo llaman en la oficina."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [channel for channel in map(channel_class, kinds()) if channel.address_help]
        self.fields["channel"] = forms.ChoiceField(
            label=_("Canal"), choices=[(channel.kind, channel.label) for channel in offered]
        )
        self.fields["address"].help_text = format_html_join(
            mark_safe("<br>"), "{}: {}", ((channel.label, channel.address_help) for channel in offered)
        )


class RosterForm(forms.Form):
    """A list of subscribers to be checked, and how they agreed to receive."""

    file = forms.FileField(
        label=_("Lista"),
        max_length=200,
        error_messages={"required": _("Elige el archivo de la lista.")},
        help_text=_(
            "CSV o libro de Excel (.xlsx), con una columna «correo» y, si quieres, «nombre», «temas», «localidades», "
            "«canal», «frecuencia», «consentimiento» y «fecha de consentimiento»."
        ),
    )
    statement = forms.CharField(
        label=_("Cómo aceptaron recibir"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Vale para las líneas sin columna «consentimiento». Por ejemplo: firmaron la hoja de la feria de la salud."
        ),
    )
    statement_on = forms.DateField(
        label=_("Cuándo aceptaron"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    as_confirmed = forms.BooleanField(
        label=_("Ya confirmaron: reciben desde ahora"),
        required=False,
        help_text=_(
            "Solo vale para las líneas que dicen cómo y cuándo aceptaron; las demás quedan por confirmar."
        ),
    )
    with_letters = forms.BooleanField(
        label=_("Pedir a los demás que confirmen"),
        required=False,
        help_text=_("Les llega una sola carta con un botón. Sin ella quedan anotados y no reciben nada."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("La lista pesa más de %(most)s MB: divídela en varias."),
                params={"most": MOST_BYTES // 1024**2},
            )
        return file

    def clean_statement_on(self) -> Any:
        day = self.cleaned_data["statement_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Esa fecha está en el futuro: corrígela."))
        return day
