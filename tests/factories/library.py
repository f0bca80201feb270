"""Photos made while the tests run: real files with real metadata, and the rows that hold them."""

from __future__ import annotations

import io
import struct
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import factory
from PIL import Image, ImageCms

from pregon.library import actions as library
from pregon.library.models import Album, Photo

NOON = datetime(2026, 10, 4, 18, 0, tzinfo=UTC)
SERIAL = "SN-77131-QUETZAL"  # what a camera writes and must never leave
LATITUDE = 19.9159


class AlbumFactory(factory.django.DjangoModelFactory[Album]):
    class Meta:
        model = Album

    title = factory.Sequence(lambda n: f"Entrega de equipo {n}")
    slug = factory.Sequence(lambda n: f"entrega-de-equipo-{n}")
    day = date(2026, 10, 4)
    place = "Plaza principal"
    credit = "Redacción"


def picture(size: tuple[int, int] = (1200, 800), mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue, with a green stripe on top: one sees whether it stands upright."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (size[0] // 2, 0, size[0], size[1]))
    image.paste((30, 200, 30), (0, 0, size[0], size[1] // 8))
    return image.convert(mode)


def as_bytes(image: Image.Image, format_: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format=format_, **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (1200, 800), **options: Any) -> bytes:
    return as_bytes(picture(size), "JPEG", **options)


def exif(**texts: str) -> Image.Exif:
    """EXIF as a telephone writes it: place, serial number, maker's notes."""
    block = Image.Exif()
    block[0x010F], block[0x0110] = "Fabricante", "Modelo"
    if "description" in texts:
        block[0x010E] = texts["description"].encode()
    if "artist" in texts:
        block[0x013B] = texts["artist"].encode()
    if "orientation" in texts:
        block[0x0112] = int(texts["orientation"])
    camera = block.get_ifd(0x8769)
    camera[0xA431] = camera[0xA435] = SERIAL
    camera[0x927C] = f"maker note {SERIAL}".encode()
    if "taken" in texts:
        camera[0x9003] = texts["taken"]
    if "offset" in texts:
        camera[0x9011] = texts["offset"]
    place = block.get_ifd(0x8825)
    place[1], place[2] = "N", (19.0, 54.0, 57.24)
    place[3], place[4] = "W", (103.0, 1.0, 11.0)
    return block


def iim(records: dict[int, bytes], *, charset: bytes = b"") -> bytes:
    """An IPTC-IIM block inside the Photoshop resource that JPEG carries."""
    block = b"\x1c\x01\x5a" + struct.pack(">H", len(charset)) + charset if charset else b""
    for dataset, value in records.items():
        block += b"\x1c\x02" + bytes([dataset]) + struct.pack(">H", len(value)) + value
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(block)) + block
    return b"Photoshop 3.0\0" + resource + (b"\0" if len(block) % 2 else b"")


def with_segment(data: bytes, marker: int, payload: bytes) -> bytes:
    """``data``, a JPEG, with one more application segment right after its start."""
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload + data[2:]


def xmp(inside: str, attributes: str = "") -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"'
        f' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" {attributes}>{inside}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def photo(folder: Path, *, album: Album | None = None, data: bytes | None = None, **fields: Any) -> Photo:
    """A photo taken in as people do it: from a file."""
    path = folder / fields.pop("name", "foto.jpg")
    path.write_bytes(data if data is not None else jpeg())
    taken = library.ingest(path, album=album, by=None, at=NOON)
    for field, value in fields.items():
        setattr(taken, field, value)
    if fields:
        taken.save()
    return taken
