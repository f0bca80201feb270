"""The form of an act: it finds the address by itself and says in a sentence what does not hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel

from pregon.accounts.forms import PlacedForm
from pregon.agenda.models import Act
from pregon.core.text import slug

#: The months of the site have no address before it.
FIRST_YEAR = 2000
#: Room for a day and a number behind the words.
SLUG_LIMIT = 100


def free_slug(act: Act) -> str:
    """An address that says what the act is and when, and that no other act has."""
    day = act.start.strftime("%Y-%m-%d")
    wished = f"{day}-{slug(act.title, limit=SLUG_LIMIT)}"
    taken = set(Act.objects.filter(slug__startswith=wished).exclude(pk=act.pk).values_list("slug", flat=True))
    number, found = 2, wished
    while found in taken:
        found, number = f"{wished}-{number}", number + 1
    return found


class ActForm(PlacedForm):
    """An address once given stays: people have shared it."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and start.year < FIRST_YEAR:
            self.add_error(
                "start",
                ValidationError(
                    _("Revisa el año: la agenda empieza en %(year)d."), params={"year": FIRST_YEAR}
                ),
            )
        if start and end and end < start:
            self.add_error(
                "end", ValidationError(_("El acto no puede terminar antes de empezar: revisa las horas."))
            )
        return cleaned

    def save(self, commit: bool = True) -> Act:
        if not self.instance.slug:
            self.instance.slug = free_slug(self.instance)
        act: Act = super().save(commit=commit)
        return act


class CoverageForm(WagtailAdminModelForm):
    """A coverage on the form is a coverage asked for, also when nobody touched what it proposed."""

    def has_changed(self) -> bool:
        return self.instance.pk is None or bool(super().has_changed())


class CoveragesPanel(InlinePanel):
    """The coverages of an act, each through :class:`CoverageForm`."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"]["coverages"]["form"] = CoverageForm
        return options


class ExcuseForm(forms.Form):
    """Why an act is not covered."""

    reason = forms.CharField(
        label=_("Motivo"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Queda en el registro del acto con tu nombre y la hora."),
        error_messages={"required": _("Para no cubrir un acto hay que escribir el motivo.")},
    )
