"""Forms of the delivery desk: a channel's options drawn from its own dataclass, and a new channel of the office."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any, get_type_hints

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from pregon.delivery.contract import Options
from pregon.delivery.enums import Mode, State
from pregon.delivery.errors import Rejected
from pregon.delivery.models import ChannelAccount
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


def options_form(options_class: type[Options], *, stored: dict[str, Any], data: Any = None) -> forms.Form:
    """One line per option, those that are seldom changed last. Whatever is missing may be missing until the channel
    goes live."""
    hints = get_type_hints(options_class)
    lines = {
        option.name: field_for(
            option,
            hints[option.name],
            secret=option.name in options_class.secret,
            stored=bool(stored.get(option.name)),
        )
        for option in sorted(fields(options_class), key=lambda option: option.metadata.get("seldom", False))
    }
    form_class: type[forms.Form] = type("OptionsForm", (forms.Form,), lines)
    shown = {name: value for name, value in stored.items() if name not in options_class.secret}
    return form_class(data, initial=shown, prefix="opcion")


class LedgerFilterForm(forms.Form):
    """Narrows the lines of one dispatch."""

    channel = forms.ChoiceField(label=_("Canal"), required=False)
    state = forms.ChoiceField(label=_("Estado"), required=False, choices=[("", _("Todos")), *State.choices])

    def __init__(self, *args: Any, channels: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"] = forms.ChoiceField(
            label=_("Canal"), required=False, choices=[("", _("Todos")), *channels]
        )


class OfficeChannelForm(forms.Form):
    """A public channel, group or endpoint of the office itself."""

    channel = forms.ChoiceField(label=_("Canal"))
    address = forms.CharField(
        label=_("Dirección"),
        max_length=320,
    )
    name = forms.CharField(label=_("Nombre"), max_length=120, help_text=_("Como lo llaman en la oficina."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = [channel_class(kind) for kind in kinds()]
        self.fields["channel"] = forms.ChoiceField(
            label=_("Canal"), choices=[(channel.kind, channel.label) for channel in channels]
        )
        self.fields["address"].help_text = format_html_join(
            mark_safe("<br>"),
            "{}: {}",
            ((channel.label, channel.address_help) for channel in channels if channel.address_help),
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
