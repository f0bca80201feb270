"""What a file is and says, with every way we know of being wrong about it."""

from __future__ import annotations

import contextlib
import io
import resource
import struct
import time
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin
from pytest_django import Settings

from factories.library import as_bytes, exif, iim, jpeg, picture, with_segment, xmp
from pregon.library import reading
from pregon.library.errors import (
    Incomplete,
    LibraryError,
    NotAPhoto,
    RawNegative,
    TooHeavy,
    TooManyPixels,
    VectorDrawing,
)
from pregon.library.values import Facts, Metadata

ZONE = ZoneInfo("America/Mexico_City")


def heic(size: tuple[int, int] = (640, 480), **options: Any) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(picture(size)).save(out, quality=60, **options)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that says it is ``side`` pixels wide and tall."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(side * 3 + 1), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def examine(data: bytes, name: str = "foto.jpg") -> Facts:
    return reading.examine(io.BytesIO(data), name=name)


def read(data: bytes) -> Metadata:
    return reading.read(io.BytesIO(data), zone=ZONE)


# What it is


@pytest.mark.parametrize(
    ("format_", "data"),
    [
        ("JPEG", jpeg((640, 480))),
        ("JPEG", as_bytes(picture((640, 480)), "JPEG", progressive=True)),
        ("JPEG", as_bytes(picture((640, 480), "CMYK"), "JPEG")),
        ("JPEG", as_bytes(picture((640, 480)), "MPO", save_all=True, append_images=[picture((64, 48))])),
        ("PNG", as_bytes(picture((640, 480)), "PNG")),
        ("WEBP", as_bytes(picture((640, 480)), "WEBP")),
        ("TIFF", as_bytes(picture((640, 480)), "TIFF", compression="tiff_lzw")),
        ("HEIC", heic()),
    ],
)
def test_a_photo_is_known_by_its_content_whatever_its_name(format_: str, data: bytes) -> None:
    facts = examine(data, name="programa.exe")
    assert (facts.format, facts.width, facts.height, facts.bytes) == (format_, 640, 480, len(data))


def test_the_digest_is_that_of_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    path.write_bytes(jpeg((64, 48)))
    first = reading.inspect(path).digest
    path.write_bytes(path.read_bytes() + b"\0")
    assert (len(first), reading.inspect(path).digest == first) == (64, False)


def test_of_an_animation_the_first_page_counts() -> None:
    pages = [picture((320, 240)), picture((320, 240)).rotate(90)]
    data = as_bytes(pages[0], "WEBP", save_all=True, append_images=pages[1:])
    assert (examine(data).width, examine(data).height) == (320, 240)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hola",
        b"%PDF-1.7 ...",
        b"GIF89a" + bytes(40),
        as_bytes(picture((8, 8)), "BMP"),
        b"MZ" + bytes(200),
    ],
)
def test_what_is_not_a_photo_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(NotAPhoto) as refusal:
        examine(data, name="acta.jpg")
    assert str(refusal.value) == (
        "«acta.jpg» no es una foto que se pueda leer: guárdala como JPEG, PNG, WebP, HEIC o TIFF."
    )


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x -->\n<svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>',
    ],
)
def test_a_drawing_with_a_photos_name_is_refused(data: bytes) -> None:
    with pytest.raises(VectorDrawing) as refusal:
        examine(data, name="escudo.png")
    assert str(refusal.value) == (
        "«escudo.png» es un dibujo SVG, que puede llevar programas dentro: expórtalo como PNG."
    )


def test_a_cameras_negative_is_refused() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[254] = 1
    data = as_bytes(picture((64, 48)), "TIFF", tiffinfo=tags)
    with pytest.raises(RawNegative) as refusal:
        examine(data, name="DSC_0001.NEF")
    assert str(refusal.value) == (
        "«DSC_0001.NEF» es el negativo crudo de la cámara: revélalo y expórtalo como JPEG o TIFF."
    )


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.6, 0.99])
@pytest.mark.parametrize(
    "data",
    [
        as_bytes(
            Image.effect_noise((640, 480), 90).convert("RGB"), "JPEG", exif=exif(taken="2026:10:04 12:00:00")
        ),
        as_bytes(Image.effect_noise((640, 480), 90).convert("RGB"), "JPEG", progressive=True),
        as_bytes(Image.effect_noise((640, 480), 90), "PNG"),
        as_bytes(Image.effect_noise((640, 480), 90).convert("RGB"), "WEBP"),
        as_bytes(Image.effect_noise((640, 480), 90), "TIFF"),
        heic(),
    ],
    ids=["jpeg", "progressive", "png", "webp", "tiff", "heic"],
)
def test_a_photo_cut_off_anywhere_is_refused(data: bytes, keep: float) -> None:
    with pytest.raises(Incomplete) as refusal:
        examine(data[: max(40, int(len(data) * keep))], name="llegada.jpg")
    assert str(refusal.value) == (
        "«llegada.jpg» llegó incompleta o dañada: cópiala otra vez desde la cámara o el teléfono."
    )


def test_a_bomb_is_refused_from_its_header_fast_and_in_little_memory() -> None:
    data = bomb(30_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with pytest.raises(TooManyPixels) as refusal:
        examine(data, name="bomba.png")
    spent, grown = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert str(refusal.value) == (
        "«bomba.png» tiene más de 160 millones de píxeles: redúcela y vuelve a intentarlo."
    )
    assert (spent < 0.5, grown < 20_000) == (True, True)


def test_the_limit_of_pixels_is_the_offices_own(settings: Settings) -> None:
    settings.PREGON_PHOTO_MAX_PIXELS = 640 * 480
    assert examine(jpeg((640, 480))).width == 640
    with pytest.raises(TooManyPixels):
        examine(jpeg((641, 480)))


def test_three_hundred_megabytes_are_refused_without_reading_one(tmp_path: Path) -> None:
    path = tmp_path / "video.jpg"
    with path.open("wb") as stream:
        stream.truncate(300 * 1024**2)
    path.chmod(0)  # for whoever is not root, reading it would fail in another way
    start = time.perf_counter()
    with pytest.raises(TooHeavy) as refusal:
        reading.inspect(path)
    assert str(refusal.value) == (
        "«video.jpg» pesa 300 MB y el máximo es de 80 MB: redúcela y vuelve a intentarlo."
    )
    assert time.perf_counter() - start < 0.05


def test_a_name_is_shown_without_its_control_characters() -> None:
    with pytest.raises(NotAPhoto) as refusal:
        examine(b"x", name="a\x1b[31m\n%(name)s 100%.jpg")
    assert str(refusal.value).startswith("«a[31m%(name)s 100%.jpg» no es una foto")


@given(st.binary(max_size=400), st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "HEIC"]))
def test_no_bytes_whatever_raise_anything_but_our_own_refusal(noise: bytes, format_: str) -> None:
    head = {
        "JPEG": b"\xff\xd8\xff\xe1",
        "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "WEBP": b"RIFF\x40\0\0\0WEBPVP8X",
        "TIFF": b"II*\0\x08\0\0\0",
        "HEIC": b"\0\0\0\x18ftypheic",
    }[format_]
    with contextlib.suppress(LibraryError):
        examine(head + noise)
    assert isinstance(read(head + noise), Metadata)


# What is written in it


XMP = xmp(
    '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">A bridge</rdf:li>'
    '<rdf:li xml:lang="es-MX">El puente  nuevo</rdf:li></rdf:Alt></dc:description>'
    "<dc:creator><rdf:Seq><rdf:li>Otra firma</rdf:li></rdf:Seq></dc:creator>"
    '<Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">Dos carriles sobre el río'
    "</rdf:li></rdf:Alt></Iptc4xmpCore:AltTextAccessibility>",
    'photoshop:Credit="Dirección de Obras Públicas" photoshop:Headline="Se abre el puente"'
    ' Iptc4xmpCore:Location="Río Ancho" photoshop:City="Ocotlán"'
    ' photoshop:DateCreated="2026-10-04T09:30:00-06:00"',
)
FROM_XMP = Metadata(
    headline="Se abre el puente",
    caption="El puente nuevo",
    alt_text="Dos carriles sobre el río",
    credit="Dirección de Obras Públicas",
    place="Río Ancho, Ocotlán",
    taken_at=datetime(2026, 10, 4, 9, 30, tzinfo=timezone(timedelta(hours=-6))),
)


@pytest.mark.parametrize("format_", ["JPEG", "WEBP", "TIFF", "PNG"])
def test_xmp_is_read_from_every_format(format_: str) -> None:
    if format_ == "PNG":
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP.decode())
        data = as_bytes(picture((64, 48)), "PNG", pnginfo=info)
    elif format_ == "TIFF":
        data = as_bytes(picture((64, 48)), "TIFF", tiffinfo={700: XMP})
    else:
        data = as_bytes(picture((64, 48)), format_, xmp=XMP)
    assert read(data) == FROM_XMP


def test_xmp_is_read_from_a_telephones_heic() -> None:
    assert read(heic(xmp=XMP)) == FROM_XMP


@pytest.mark.parametrize(
    ("charset", "encoding"), [(b"\x1b%G", "utf-8"), (b"", "utf-8"), (b"", "latin-1"), (b"", "cp1252")]
)
def test_iptc_is_read_in_the_encodings_that_programs_really_write(charset: bytes, encoding: str) -> None:
    records = {
        105: "Jornada de salud",
        120: "Niñas y niños reciben vacunas",
        110: "Comunicación Social",
        92: "Jardín",
        90: "Mazamitla",
        55: "20261004",
        60: "183000-0600",
    }
    block = iim({key: value.encode(encoding) for key, value in records.items()}, charset=charset)
    assert read(with_segment(jpeg((64, 48)), 0xED, block)) == Metadata(
        headline="Jornada de salud",
        caption="Niñas y niños reciben vacunas",
        credit="Comunicación Social",
        place="Jardín, Mazamitla",
        taken_at=datetime(2026, 10, 4, 18, 30, tzinfo=timezone(timedelta(hours=-6))),
    )


def test_exif_is_read_with_its_own_offset() -> None:
    block = exif(
        description="Camión de bomberos", artist="Redacción", taken="2026:10:04 08:15:00", offset="-05:00"
    )
    assert read(jpeg((64, 48), exif=block)) == Metadata(
        caption="Camión de bomberos",
        credit="Redacción",
        taken_at=datetime(2026, 10, 4, 8, 15, tzinfo=timezone(timedelta(hours=-5))),
    )


def test_an_hour_without_offset_is_that_of_the_office() -> None:
    taken = read(jpeg((64, 48), exif=exif(taken="2026:10:04 08:15:00"))).taken_at
    assert taken == datetime(2026, 10, 4, 8, 15, tzinfo=ZONE)


@pytest.mark.parametrize(
    "filler", ["OLYMPUS DIGITAL CAMERA", "DCIM\\100MEDIA\\DJI_0001.JPG", "   ", "\0\0", "IMG_2034.JPG"]
)
def test_what_cameras_write_by_themselves_is_no_caption(filler: str) -> None:
    assert read(jpeg((64, 48), exif=exif(description=filler))).caption == ""


@pytest.mark.parametrize(
    "moment", ["0000:00:00 00:00:00", "2026:13:40 99:99:99", "mañana", "1601:01:01 00:00:00"]
)
def test_a_date_that_does_not_exist_is_no_date(moment: str) -> None:
    assert read(jpeg((64, 48), exif=exif(taken=moment))).taken_at is None


def test_xmp_goes_before_iptc_and_iptc_before_exif_field_by_field() -> None:
    data = jpeg(
        (64, 48),
        exif=exif(description="de EXIF", artist="firma de EXIF", taken="2026:10:04 08:15:00"),
        xmp=xmp("", 'photoshop:Headline="de XMP" photoshop:DateCreated="2026-10-03"'),
    )
    block = iim({105: b"de IPTC", 120: b"pie de IPTC"})
    assert read(with_segment(data, 0xED, block)) == Metadata(
        headline="de XMP",
        caption="pie de IPTC",
        credit="firma de EXIF",
        taken_at=datetime(2026, 10, 4, 8, 15, tzinfo=ZONE),  # the day in XMP has no hour
    )


@pytest.mark.parametrize(
    "packet",
    [
        b"<x:xmpmeta",
        b"\xff\xfe\x00nada",
        xmp("<dc:description>").replace(b"</rdf:Description>", b""),
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>',
    ],
)
def test_malformed_xmp_says_nothing_and_hides_nothing_else(packet: bytes) -> None:
    assert read(jpeg((64, 48), xmp=packet, exif=exif(artist="Redacción"))) == Metadata(credit="Redacción")


@given(st.binary(max_size=300))
def test_no_metadata_whatever_raise(noise: bytes) -> None:
    data = jpeg((16, 16))
    for marker, prefix in (
        (0xE1, b"Exif\0\0"),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
        (0xED, b"Photoshop 3.0\0"),
    ):
        assert isinstance(read(with_segment(data, marker, prefix + noise)), Metadata)
