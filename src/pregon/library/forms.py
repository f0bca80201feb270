"""The form behind every way that Wagtail takes a photo in: uploader, chooser, edit page and API."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from pregon.library import actions as library
from pregon.library import reading
from pregon.library.errors import Refused


class PhotoField(WagtailImageField):
    """Judges the content before any other library touches it."""

    def to_python(self, data: UploadedFile[Any] | None) -> Any:
        if data:
            name = PurePath(data.name or "").name
            try:
                reading.weigh(data.size or 0, name=name)
                data.seek(0)
                reading.examine(data, name=name)
            except Refused as refusal:
                raise ValidationError(str(refusal), code="refused") from refusal
            data.seek(0)
        return super().to_python(data)

    def check_image_file_format(self, f: UploadedFile[Any]) -> None:
        """The extension must be a known one; that it agrees with the content is of no use to anybody, and
        Wagtail's own check would refuse ``.tif``."""
        if PurePath(f.name or "").suffix.lower().lstrip(".") not in self.allowed_image_extensions:
            raise ValidationError(
                self.error_messages["invalid_image_extension"], code="invalid_image_extension"
            )


class PhotoForm(BaseImageForm):
    """Fills what the person left empty from the file's own words, and asks for the copies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Declared on the class it would also appear on the forms from which Wagtail takes the file away.
        if plain := self.fields.get("file"):
            self.fields["file"] = PhotoField(label=plain.label, required=plain.required, widget=plain.widget)

    def save(self, commit: bool = True) -> Any:
        if "file" in self.changed_data or not self.instance.digest:
            library.take_note(self.instance, at=timezone.now())
        elif self.has_changed():
            library.ask_for_copies(self.instance)
        return super().save(commit=commit)
