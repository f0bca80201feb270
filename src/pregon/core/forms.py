"""Forms that take what people wrote, whole, and say when it is too long: with ``maxlength`` a browser cuts what is
pasted and tells nobody. The script ``accounts/limits.js`` says the same sentence while it is being written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _


def keep_whole(form: forms.BaseForm) -> None:
    """Let no field of ``form`` be cut; one that is too long says how much there is and how much may be."""
    for field in form.fields.values():
        if "maxlength" in field.widget.attrs:
            limit = field.widget.attrs.pop("maxlength")
            told = _("«%(label)s» admite %%(limit_value)s caracteres y aquí hay %%(show_value)s: acórtalo.")
            sentence = told % {"label": str(field.label).replace("%", "%%")}
            field.error_messages["max_length"] = sentence
            field.widget.attrs |= {"data-limit": limit, "data-too-long": sentence}


class WholeWords:
    """Mixin of a form whose fields are all there once it is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_whole(self)  # type: ignore[arg-type]  # mixed into forms alone
