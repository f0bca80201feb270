"""The forms of the office: its first head in the browser, people at the desk, and lists whose address finds itself."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.forms.auth import LoginForm
from wagtail.users.forms import UserCreationForm, UserEditForm

from pregon.core.places import NotAPlace, point_of, read_point
from pregon.core.text import slug


class EntryForm(LoginForm):
    """Wagtail names its field "Password" in no language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Contraseña")


class HourField(forms.DateTimeField):
    """An hour as the wall shows it, also on the days on which the clocks change: one that comes twice is the first
    one, and one that they skip is refused."""

    #: A slip of the finger makes it year 26 or 20266; and the last of all years ends in none that UTC has.
    years = range(1800, 2100)

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment is not None and moment.year not in self.years:
            raise ValidationError(
                _("Revisa el año: va de %(first)d a %(last)d."),
                code="year",
                params={"first": self.years[0], "last": self.years[-1]},
            )
        return moment

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except ValidationError as unclear:
            if getattr(unclear, "code", None) != "ambiguous_timezone" or not unclear.params:
                raise
            typed: datetime = unclear.params["datetime"]
        # In UTC, for Python finds an hour that comes twice equal to none of another zone.
        first = typed.replace(tzinfo=timezone.get_current_timezone()).astimezone(UTC)
        shown = timezone.localtime(first)
        if shown.replace(tzinfo=None) != typed:
            raise ValidationError(
                _(
                    "Ese día se adelanta el reloj y las %(typed)s no existen: escribe las %(shown)s u otra hora."
                ),
                code="skipped",
                params={"typed": f"{typed:%-H:%M}", "shown": f"{shown:%-H:%M}"},
            )
        return first


class PointField(forms.CharField):
    """A place on the map, typed as coordinates or pasted as the link of a map."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", _("Ubicación en el mapa"))
        kwargs.setdefault(
            "help_text", _("Escribe las coordenadas, como 20.3514, -102.7681, o pega el enlace de un mapa.")
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_point(text)
        except NotAPlace as problem:
            raise ValidationError(str(problem), code="invalid") from problem


class PlacedForm(WagtailAdminModelForm):
    """For whatever lies at a point: one field instead of two numbers."""

    where = PointField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "where" in self.fields and (point := point_of(self.instance)):
            self.initial["where"] = str(point)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "where" in cleaned:
            point = cleaned["where"]
            self.instance.latitude = Decimal(f"{point.latitude:.6f}") if point else None
            self.instance.longitude = Decimal(f"{point.longitude:.6f}") if point else None
        return cleaned


class WelcomeForm(forms.Form):
    """The first person of the office."""

    email = forms.EmailField(
        label=_("Correo electrónico"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={
            "required": _("Escribe el correo con el que vas a entrar."),
            "invalid": _("Eso no es un correo electrónico: escríbelo como nombre@dominio."),
        },
    )
    password = forms.CharField(
        label=_("Contraseña"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=lazy(password_validators_help_text_html, SafeString)(),
        error_messages={"required": _("Escribe una contraseña.")},
    )
    again = forms.CharField(
        label=_("La misma contraseña otra vez"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Escribe la contraseña otra vez, para que no se quede un error.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, second = cleaned.get("password"), cleaned.get("again")
        if first and second and first != second:
            self.add_error(
                "again", ValidationError(_("Las dos contraseñas no son iguales: escríbelas de nuevo."))
            )
        return cleaned


class NamedForm(WagtailAdminModelForm):
    """For a department, a topic or a locality: the address is made of the name once, and then stays."""

    def save(self, commit: bool = True) -> Any:
        if not self.instance.slug:
            self.instance.slug = free_slug(self.instance)
        return super().save(commit=commit)


def free_slug(item: Any) -> str:
    """An address of ``item`` that no other of its kind has."""
    model: type[Model] = type(item)
    wished = slug(item.name, limit=70)
    taken = set(
        model._default_manager.filter(slug__startswith=wished)
        .exclude(pk=item.pk)
        .values_list("slug", flat=True)
    )
    number, found = 2, wished
    while found in taken:
        found, number = f"{wished}-{number}", number + 1
    return found


class LocalityForm(PlacedForm, NamedForm):
    """A locality, and where it lies."""


class PersonCreationForm(UserCreationForm):
    """A new person: an address, a name, a password and roles. Nobody invents a user name."""

    last_name = forms.CharField(label=_("Apellidos"), required=False)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class PersonEditForm(UserEditForm):
    last_name = forms.CharField(label=_("Apellidos"), required=False)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
