"""Wagtail's own way with photos: the originals stored, then a rendition of each in the sizes that Pregón makes."""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.files.images import ImageFile  # noqa: E402 - Django stands first
from wagtail.images import get_image_model  # noqa: E402 - the same

from pregon.library.developing import JPEG_QUALITY, WEBP_QUALITY, WIDTHS  # noqa: E402 - the same

SIZES = [
    *(f"width-{width}|format-webp|webpquality-{WEBP_QUALITY}" for width in WIDTHS),
    f"original|format-jpeg|jpegquality-{JPEG_QUALITY}",
]
Image = get_image_model()
started = time.perf_counter()
for path in map(Path, sys.argv[1:]):
    with path.open("rb") as stream:
        image = Image(title=path.stem)
        image.file.save(path.name, ImageFile(stream), save=False)
        image.save()
    image.get_renditions(*SIZES)
print(json.dumps({"seconds": time.perf_counter() - started}))
