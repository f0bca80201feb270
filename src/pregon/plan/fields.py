"""What the desk asks of a plan's months, goals and values: boxes to mark, numbers to type, a line for each thing. The
plan keeps them as lists and pairs, which nobody should have to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pregon.plan.models import NUMBER

TWELVE = range(1, 13)
OF_THE_OFFICE = _lazy("«%(line)s»: escribe el valor, dos puntos y lo que significa para la oficina.")


def month_names() -> list[str]:
    return [capfirst(str(MONTHS[month])) for month in TWELVE]


class MonthsField(forms.MultipleChoiceField):
    """Twelve yes-or-no as boxes to mark."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(str(month), capfirst(MONTHS[month])) for month in TWELVE]
        widget = forms.CheckboxSelectMultiple(attrs={"class": "desk-twelve"})
        super().__init__(choices=choices, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The marked ones: of what the plan keeps, or of what was sent."""
        if isinstance(value, list) and all(isinstance(month, bool) for month in value):
            return [str(month) for month, planned in zip(TWELVE, value, strict=False) if planned]
        return value

    def clean(self, value: Any) -> Any:
        marked = super().clean(value)
        return [str(month) in marked for month in TWELVE]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class TwelveNumbers(forms.MultiWidget):
    """A number for each month, under its name."""

    template_name = "plan/desk/twelve.html"

    def __init__(self) -> None:
        super().__init__([forms.TextInput(attrs={"inputmode": "decimal"}) for _month in TWELVE])

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        return [(value or {}).get(str(month), "") for month in TWELVE]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for month, each in zip(month_names(), context["widget"]["subwidgets"], strict=True):
            each["month"] = month
        return context


class MilestonesField(forms.Field):
    """What is expected by the end of some months: empty where nothing is."""

    widget = TwelveNumbers

    def clean(self, value: Sequence[str | None]) -> dict[str, str]:
        typed = {
            month: said.strip() for month, said in zip(TWELVE, value, strict=True) if said and said.strip()
        }
        wrong = [
            _("%(month)s: «%(typed)s» no se entiende. Escribe un número con punto decimal, como 62.5.")
            % {"month": capfirst(str(MONTHS[month])), "typed": said}
            for month, said in typed.items()
            if not NUMBER.fullmatch(said)
        ]
        if wrong:
            raise ValidationError(wrong)
        return {str(month): said for month, said in typed.items()}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return figures(TwelveNumbers().decompress(initial)) != figures(data or [""] * 12)


def figures(typed: Sequence[str | None]) -> list[Decimal | str]:
    """To be compared: «25» and «25.0» are the same."""
    found: list[Decimal | str] = []
    for said in typed:
        try:
            found.append(Decimal(said or ""))
        except InvalidOperation:
            found.append(said or "")
    return found


class LinesField(forms.CharField):
    """A list with a line for each thing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 6}), **kwargs)

    def written(self, thing: Any) -> str:
        return str(thing)

    def read(self, line: str) -> Any:
        return line

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(self.written, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [self.read(line.strip()) for line in super().clean(value).splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), "\n".join((data or "").splitlines()))


class ValuesField(LinesField):
    """Names, each with what it means: «Respeto: tratar bien a la gente». ``refused`` says of a line without both what
    to write."""

    def __init__(
        self,
        *,
        refused: Any = OF_THE_OFFICE,
        **kwargs: Any,
    ) -> None:
        self.refused = refused
        super().__init__(**kwargs)

    def written(self, thing: Any) -> str:
        return f"{thing['name']}: {' '.join(thing['text'].split())}"

    def read(self, line: str) -> Any:
        name, _colon, text = (part.strip() for part in line.partition(":"))
        if not name or not text:
            raise ValidationError(self.refused % {"line": line})
        return {"name": name, "text": text}
