"""The forms of what may happen to a bulletin after it went out, and those of a live coverage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.panels.base import Panel

from pregon.core.forms import WholeWords
from pregon.newsroom.actions.live import Shot, Words
from pregon.newsroom.models import Bulletin, LivePost

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


# --- Live coverage ------------------------------------------------------------------------------------------


class PostWordsForm(WholeWords, forms.Form):
    """What a post says."""

    headline = forms.CharField(label=_("Título"), max_length=160, required=False)
    text = forms.CharField(
        label=_("Qué pasa"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    person = forms.CharField(
        label=_("Quién lo dijo"),
        max_length=160,
        required=False,
        help_text=_("Si es una cita: nombre y cargo. El texto se muestra entonces como sus palabras."),
    )
    video = forms.URLField(
        label=_("Dirección de un video"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Esa dirección de video no se entiende: cópiala entera, con https://.")},
    )

    def words(self) -> Words:
        return Words(**{part.name: self.cleaned_data[part.name] for part in fields(Words)})


class LivePostForm(PostWordsForm):
    """A post, with the key and the hour of wherever it was written."""

    photo = forms.FileField(
        label=_("Foto"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    seen = forms.CharField(
        label=_("Qué se ve en la foto"),
        max_length=300,
        required=False,
        help_text=_("Para quien no puede verla."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    written_at = forms.DateTimeField(
        required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"]
    )

    @contextmanager
    def shot(self) -> Iterator[Shot | None]:
        """The photo as a file for as long as the block lasts: a small upload is kept in memory."""
        photo: UploadedFile[Any] | None = self.cleaned_data["photo"]
        if photo is None:
            yield None
            return
        with NamedTemporaryFile() as kept:
            for piece in photo.chunks():
                kept.write(piece)
            kept.flush()
            yield Shot(path=Path(kept.name), name=photo.name or "foto", seen=self.cleaned_data["seen"])


class LiveCorrectionForm(PostWordsForm):
    """The words of a post, corrected, and what readers are told of it."""

    note = forms.CharField(
        label=_("Qué cambió"),
        max_length=300,
        help_text=_("Se muestra bajo la publicación: «El tránsito vuelve a las 12:00 y no a las 11:30.»"),
        error_messages={"required": CHANGE_NEEDED},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, posted: LivePost) -> LiveCorrectionForm:
        return cls(initial=Words.of(posted).parts | {"version": posted.version})


class LiveRemovalForm(WholeWords, forms.Form):
    """Why a post is taken away."""

    note = forms.CharField(
        label=_("Por qué se quita"), max_length=300, error_messages={"required": REASON_NEEDED}
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SummaryForm(WholeWords, forms.Form):
    """What is essential, point by point."""

    summary = forms.CharField(
        label=_("Lo esencial"),
        max_length=1200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Un punto en cada renglón; queda fijo arriba de todo."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
