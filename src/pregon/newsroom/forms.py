"""The two forms of what may happen to a bulletin after it went out."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.panels.base import Panel

from pregon.newsroom.models import Bulletin

CHANGE_NEEDED = _("Escribe qué cambió: se muestra a quien lee.")
REASON_NEEDED = _("Escribe por qué: queda en el registro y se avisa a quien lo recibió.")


@cache
def correction_panel() -> Panel:
    """The words of a bulletin, as Wagtail's editor shows them."""
    return ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("title", heading=_("Título")), FieldPanel("second_headline"), FieldPanel("lead")],
                heading=_("Encabezado"),
            ),
            FieldPanel("body"),
            FieldPanel("easy_reading"),
            MultiFieldPanel(
                [FieldPanel("cover"), FieldPanel("dateline"), FieldPanel("contact")], heading=_("Datos")
            ),
        ]
    ).bind_to_model(Bulletin)


class ReasonsForm(forms.Form):
    """What changed and why, in the words that readers will see."""

    change = forms.CharField(
        label=_("Qué cambió"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("En una frase, como la leerá la gente: «La jornada es el 12 de marzo, no el 13.»"),
        error_messages={"required": CHANGE_NEEDED},
    )
    reason = forms.CharField(
        label=_("Por qué"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("«La dependencia nos dio una fecha equivocada.»"),
        error_messages={"required": REASON_NEEDED},
    )


class WithdrawalForm(forms.Form):
    """Why a bulletin is taken back."""

    reason = forms.CharField(
        label=_("Por qué se retira"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Se avisa a quien lo recibió y queda en el registro; no repitas lo que se retira."),
        error_messages={"required": REASON_NEEDED},
    )


def correction_form(bulletin: Bulletin, *, for_user: Any, data: Any = None, files: Any = None) -> Any:
    """Wagtail's own form over the words of ``bulletin``."""
    form_class = correction_panel().get_form_class()
    return form_class(data, files, instance=bulletin, parent_page=bulletin.get_parent(), for_user=for_user)
