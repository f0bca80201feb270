"""Reads what a photo is and what was written into it, trusting neither its name nor its makers.

Kept apart from the actions because the command line and the desk's forms both ask it, and because it needs no
database. Everything a file says about itself is a claim: a broken claim is no claim, never an error.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.conf import settings
from PIL import ExifTags, Image, IptcImagePlugin, TiffImagePlugin

from pregon.library.errors import (
    Incomplete,
    NotAPhoto,
    RawNegative,
    TooHeavy,
    TooManyPixels,
    VectorDrawing,
)
from pregon.library.values import Facts, Metadata

# What Pillow and its plug-ins raise on a file made to hurt, or merely broken.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    AssertionError,
    struct.error,
)


class Readable(Protocol):
    """An open file, an upload, a file of the storage."""

    def read(self, size: int, /) -> bytes: ...


# --- What it is ------------------------------------------------------------------------------------------

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
PILLOW_NAMES = {"JPEG": ["JPEG", "MPO"], "PNG": ["PNG"], "WEBP": ["WEBP"], "TIFF": ["TIFF"], "HEIC": ["HEIF"]}


def inspect(path: Path, *, name: str = "") -> Facts:
    """What the file at ``path`` is, or the reason why it does not enter."""
    called = name or path.name
    weigh(path.stat().st_size, name=called)
    with path.open("rb") as stream:
        return examine(stream, name=called)


def weigh(size: int, *, name: str) -> None:
    limit: int = settings.PREGON_PHOTO_MAX_BYTES
    if size > limit:
        raise TooHeavy(name, size=size, limit=limit)


def examine(stream: Readable, *, name: str) -> Facts:
    """What an open file is. It is read whole, once, so that what is checked is also what is hashed."""
    limit: int = settings.PREGON_PHOTO_MAX_BYTES
    data = stream.read(limit + 1)
    weigh(len(data), name=name)
    format_ = sniff(data)
    if format_ is None:
        raise VectorDrawing(name) if _is_drawing(data) else NotAPhoto(name)
    try:
        with _open(data, format_) as image:
            width, height = image.size
            raw = format_ == "TIFF" and _is_negative(image, data)
            _guard(width, height, name=name)
            whole = WHOLE[format_](data)
    except Image.DecompressionBombError as bomb:
        raise TooManyPixels(name, limit=settings.PREGON_PHOTO_MAX_PIXELS) from bomb
    except BROKEN as fault:
        # The first bytes were right and the rest is not: cut off on its way, or damaged.
        raise Incomplete(name) from fault
    if raw:
        raise RawNegative(name)
    if not whole:
        raise Incomplete(name)
    return Facts(
        format=format_,
        width=width,
        height=height,
        bytes=len(data),
        digest=hashlib.sha256(data).hexdigest(),
    )


def sniff(head: bytes) -> str | None:
    """The format that the first bytes belong to, of those that are taken in."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:4] in {b"II*\0", b"MM\0*"}:
        return "TIFF"
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return "HEIC"
    return None


@contextmanager
def _open(data: bytes, format_: str) -> Iterator[Image.Image]:
    if format_ == "HEIC":
        import pillow_heif  # a heavy codec that most processes never need

        pillow_heif.register_heif_opener()
    with warnings.catch_warnings():
        # Pillow tells the terminal about every odd tag; whoever uploads the photo has no use for that.
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=PILLOW_NAMES[format_]) as image:
            yield image


def _guard(width: int, height: int, *, name: str) -> None:
    limit: int = settings.PREGON_PHOTO_MAX_PIXELS
    if width * height > limit:
        raise TooManyPixels(name, limit=limit)
    if not width or not height:
        raise Incomplete(name)


def _is_drawing(data: bytes) -> bool:
    return re.search(rb"<(?:\w+:)?svg[\s>]", data[:65_536], re.IGNORECASE) is not None


def _is_negative(image: Image.Image, data: bytes) -> bool:
    """DNG, CR2, NEF, ARW…: a TIFF whose first picture is a reduced one, or that says what it is."""
    tags: TiffImagePlugin.ImageFileDirectory_v2 = getattr(
        image, "tag_v2", TiffImagePlugin.ImageFileDirectory_v2()
    )
    return data[8:10] == b"CR" or 50706 in tags or bool(int(tags.get(254, 0)) & 1)


# --- Whether all of it is there, without decoding it -----------------------------------------------------

# In the picture's own data FF is always followed by 00, by a restart mark or by more padding.
JPEG_MARK = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")


def _jpeg_is_whole(data: bytes) -> bool:
    position, seen_picture = 2, False
    while mark := JPEG_MARK.search(data, position):
        if mark[1] == b"\xd9":
            return seen_picture
        seen_picture = seen_picture or mark[1] == b"\xda"
        (length,) = struct.unpack_from(">H", data, mark.end())
        position = mark.end() + length
    return False


def _png_is_whole(data: bytes) -> bool:
    position = 8
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if kind == b"IEND":
            return bool(position <= len(data))
    return False


def _webp_is_whole(data: bytes) -> bool:
    (length,) = struct.unpack_from("<I", data, 4)
    return bool(length + 8 <= len(data))


def _heic_is_whole(data: bytes) -> bool:
    position, kinds = 0, set()
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, position + 8)
        elif length == 0:
            length = len(data) - position
        if length < 8 or position + length > len(data):
            return False
        kinds.add(kind)
        position += length
    return {b"meta", b"mdat"} <= kinds


def _tiff_is_whole(data: bytes) -> bool:
    with _open(data, "TIFF") as image:
        tags = getattr(image, "tag_v2", {})
        starts = tags.get(273) or tags.get(324) or ()
        lengths = tags.get(279) or tags.get(325) or ()
    return bool(starts) and all(
        start + length <= len(data) for start, length in zip(starts, lengths, strict=True)
    )


WHOLE: dict[str, Callable[[bytes], bool]] = {
    "JPEG": _jpeg_is_whole,
    "PNG": _png_is_whole,
    "WEBP": _webp_is_whole,
    "HEIC": _heic_is_whole,
    "TIFF": _tiff_is_whole,
}

# --- What is written in it -------------------------------------------------------------------------------


def read(stream: Readable, *, zone: tzinfo) -> Metadata:
    """The words in an open photo: XMP before IPTC-IIM before EXIF, field by field.

    ``zone`` is that of the office: most cameras write an hour without saying where. A day without an hour
    gives way to a date that has one.
    """
    data = stream.read(settings.PREGON_PHOTO_MAX_BYTES)
    format_ = sniff(data)
    if format_ is None:
        return Metadata()
    families: list[dict[str, str]] = []
    try:
        with _open(data, format_) as image:
            families = [family(image) for family in (_xmp, _iptc, _exif)]
    except (*BROKEN, Image.DecompressionBombError):
        return Metadata()

    def first(field: str) -> str:
        return next((family[field] for family in families if family.get(field)), "")

    return Metadata(
        headline=first("headline"),
        caption=first("caption"),
        alt_text=first("alt_text"),
        credit=first("credit"),
        place=first("place"),
        taken_at=_moment([family.get("taken_at", "") for family in families], zone=zone),
    )


def read_file(path: Path, *, zone: tzinfo) -> Metadata:
    with path.open("rb") as stream:
        return read(stream, zone=zone)


def clean(text: str) -> str:
    """One line of composed Unicode without control characters; the padding and the NULs of cameras go."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in composed)
    return " ".join(kept.encode("utf-8", "ignore").decode("utf-8").split())


def decode(raw: bytes) -> str:
    """UTF-8 if it is, else what an old Windows program would have meant."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace").replace("\ufffd", "")


def _place(*parts: str) -> str:
    """Site and town; the same name is not said twice."""
    return ", ".join(dict.fromkeys(part for part in map(clean, parts) if part))


def _moment(candidates: Iterable[str], *, zone: tzinfo) -> datetime | None:
    days: list[datetime] = []
    for candidate in candidates:
        try:
            moment = datetime.fromisoformat(candidate)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
            moment.astimezone(zone)  # a date at the edge of the calendar overflows here rather than later
        except (ValueError, OverflowError):
            continue
        if moment.year < 1900:  # a camera whose clock was never set
            continue
        if len(candidate) > 10:
            return moment
        days.append(moment)
    return days[0] if days else None


# XMP -----------------------------------------------------------------------------------------------------

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
IPTC_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
XMP_BASIC = "{http://ns.adobe.com/xap/1.0/}"
XMP_EXIF = "{http://ns.adobe.com/exif/1.0/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _xmp(image: Image.Image) -> dict[str, str]:
    raw = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    text = raw if isinstance(raw, str) else decode(bytes(raw))
    try:
        root = ElementTree.fromstring(text.strip("\0\ufeff \r\n\t"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return {}
    descriptions: list[Element] = list(root.iter(f"{RDF}Description"))

    def value(*names: str) -> str:
        return next((found for name in names for found in _values(descriptions, name)), "")

    return {
        "headline": value(f"{PHOTOSHOP}Headline", f"{DC}title"),
        "caption": value(f"{DC}description"),
        "alt_text": value(f"{IPTC_CORE}AltTextAccessibility"),
        "credit": value(f"{PHOTOSHOP}Credit", f"{DC}creator"),
        "place": _place(value(f"{IPTC_CORE}Location"), value(f"{PHOTOSHOP}City")),
        "taken_at": value(f"{PHOTOSHOP}DateCreated", f"{XMP_EXIF}DateTimeOriginal", f"{XMP_BASIC}CreateDate"),
    }


def _values(descriptions: Iterable[Element], name: str) -> Iterator[str]:
    """Every form that XMP gives a property: attribute, element, list, the same in several languages."""
    for description in descriptions:
        if attribute := clean(description.get(name, "")):
            yield attribute
        for element in description.findall(name):
            items = list(element.iter(f"{RDF}li")) or [element]
            spanish = [item for item in items if item.get(XML_LANG, "").lower().startswith("es")]
            for item in (*spanish, *items):
                if text := clean("".join(item.itertext())):
                    yield text


# IPTC-IIM ------------------------------------------------------------------------------------------------


def _iptc(image: Image.Image) -> dict[str, str]:
    try:
        records = IptcImagePlugin.getiptcinfo(image) or {}  # type: ignore[arg-type]  # any image is asked politely
    except BROKEN:
        return {}

    def value(*datasets: int) -> str:
        for dataset in datasets:
            found = records.get((2, dataset), b"")
            text = clean(decode(found[0] if isinstance(found, list) else found))
            if text:
                return text
        return ""

    return {
        "headline": value(105, 5),
        "caption": value(120),
        "credit": value(110, 80),
        "place": _place(value(92), value(90)),
        "taken_at": _iptc_moment(value(55), value(60)),
    }


def _iptc_moment(day: str, hour: str) -> str:
    """``20261004`` and ``183000-0600`` as ISO 8601; the hour and its offset may lack."""
    if not (date := re.fullmatch(r"(\d{4})(\d\d)(\d\d)", day)):
        return ""
    iso = "-".join(date.groups())
    if clock := re.fullmatch(r"(\d\d)(\d\d)(\d\d)?(?:([+-]\d\d)(\d\d))?", hour):
        hours, minutes, seconds, offset, rest = clock.groups()
        iso += f"T{hours}:{minutes}:{seconds or '00'}" + (f"{offset}:{rest}" if offset else "")
    return iso


# EXIF ----------------------------------------------------------------------------------------------------

# What cameras write where a person would have written a caption.
CAMERA_FILLERS = re.compile(
    r"(olympus digital camera|sony dsc|samsung|minolta digital camera|kodak digital still camera|dcim.*"
    r"|digital camera|default|untitled|picture|image|screenshot|charset=\w+ .*|\w{3,4}_?\d{3,}(\.\w+)?)",
    re.IGNORECASE,
)


def _exif(image: Image.Image) -> dict[str, str]:
    try:
        exif = image.getexif()
        camera = exif.get_ifd(ExifTags.IFD.Exif)
    except BROKEN:
        return {}
    description = _exif_text(exif.get(ExifTags.Base.ImageDescription))
    comment = _exif_text(exif.get(ExifTags.Base.XPComment), encoding="utf-16-le")
    written = [text for text in (description, comment) if text and not CAMERA_FILLERS.fullmatch(text)]
    author = _exif_text(exif.get(ExifTags.Base.Artist))
    return {
        "caption": written[0] if written else "",
        "credit": author or _exif_text(exif.get(ExifTags.Base.XPAuthor), encoding="utf-16-le"),
        "taken_at": _exif_moment(
            _exif_text(camera.get(ExifTags.Base.DateTimeOriginal)),
            _exif_text(camera.get(ExifTags.Base.OffsetTimeOriginal)),
        ),
    }


def _exif_text(value: object, *, encoding: str = "") -> str:
    """Pillow reads ASCII tags as Latin-1, and programs write UTF-8 into them all the same."""
    if isinstance(value, tuple) and all(isinstance(item, int) and 0 <= item < 256 for item in value):
        value = bytes(value)
    match value:
        case bytes():
            return clean(value.decode(encoding, "ignore") if encoding else decode(value))
        case str():
            try:
                return clean(decode(value.encode("latin-1")))
            except UnicodeEncodeError:
                return clean(value)
        case _:
            return ""


def _exif_moment(moment: str, offset: str) -> str:
    if not (parts := re.fullmatch(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?", moment)):
        return ""
    year, month, day, clock = parts.groups()
    known = re.fullmatch(r"[+-]\d\d:\d\d", offset)
    return f"{year}-{month}-{day}T{clock}{offset if known else ''}"
