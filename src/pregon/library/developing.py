"""Makes the copies that may be published, with libvips.

Kept apart from the actions because it knows pixels and nothing of rows. Everything that came with the
original is dropped (GPS, serial numbers, maker's notes, thumbnails, faces, edit history); only our own words
go back in.

The photo is decoded twice as a stream rather than once into memory: libjpeg shrinks while it decodes, so both
passes together are faster than one whole decode, and a 160-megapixel photo fits into a small machine.
"""

from __future__ import annotations

import functools
import io
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from PIL import ImageCms

from pregon.library import reading
from pregon.library.errors import CannotDevelop
from pregon.library.values import SHARED, Copy, Metadata

# A poor phone, a good phone or a column on a desk, the whole width of a page.
WIDTHS = (480, 960, 1600)
# Effort 4 costs twice the time of 2 and saves a few per cent: worth it for what phones load.
EFFORT = {480: 4, 960: 4}
WEBP_QUALITY, WEBP_EFFORT = 78, 2
WEBP_TALLEST = 16_383  # what the format can hold
JPEG_QUALITY = 88
JPEG_LONGEST = 65_500
FULL = "full.jpg"
SHARED_WIDTH, SHARED_QUALITY = 1200, 82
WHITE = [255, 255, 255]


def develop(original: Path, *, into: Path, words: Metadata) -> list[Copy]:
    """Fill the folder ``into`` with the copies of one photo and name them, smallest first.

    Either all of them stand there or, after any error, the folder is as it was; what a killed run left behind
    is swept away by the next one.
    """
    vips = _vips()
    into.parent.mkdir(parents=True, exist_ok=True)
    for leftover in into.parent.glob(f".{into.name}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        try:
            copies = _copies(vips, original, workshop, words)
        except (vips.Error, *reading.BROKEN) as fault:
            if isinstance(fault, OSError) and fault.errno is not None:
                raise  # the disk's fault and not the photo's
            raise CannotDevelop from fault
        workshop.chmod(0o750)
        _swap(workshop, into)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return copies


@functools.cache
def _vips() -> Any:
    import pyvips  # heavy, and most processes never touch a photo

    # One photo after another passes through here, none twice: a cache would only hold memory.
    pyvips.cache_set_max(0)
    pyvips.cache_set_max_mem(0)
    pyvips.cache_set_max_files(0)
    # A second thread gains a tenth on one photo; two workers gain a half on two.
    pyvips.concurrency_set(1)
    pyvips.block_untrusted_set(True)
    return pyvips


def _copies(vips: Any, original: Path, workshop: Path, words: Metadata) -> list[Copy]:
    source = _Source(vips, original)
    full = source.fit(JPEG_LONGEST, JPEG_LONGEST)
    full.set_type(vips.GValue.blob_type, "xmp-data", packet(words))
    full.jpegsave(str(workshop / FULL), Q=JPEG_QUALITY, keep="xmp")
    width = full.width
    last = _copy(full, workshop / FULL)

    copies = []
    # The widest comes from the original, each next one from the one before; they are small enough to keep.
    image = source.fit(WIDTHS[-1], WEBP_TALLEST).copy_memory()
    for wide in sorted({min(wide, width) for wide in WIDTHS}, reverse=True):
        image = image.thumbnail_image(wide, height=WEBP_TALLEST, size="down").copy_memory()
        path = workshop / f"{wide}.webp"
        image.webpsave(str(path), Q=WEBP_QUALITY, effort=EFFORT.get(wide, WEBP_EFFORT), keep="none")
        copies.append(_copy(image, path))
        if wide == min(WIDTHS[-1], width):
            shared = image.thumbnail_image(SHARED_WIDTH, height=JPEG_LONGEST, size="down")
            shared.jpegsave(str(workshop / SHARED), Q=SHARED_QUALITY, keep="none")
            copies.append(_copy(shared, workshop / SHARED))
    return [*sorted(copies, key=lambda copy: copy.width), last]


def _copy(image: Any, path: Path) -> Copy:
    path.chmod(0o640)
    return Copy(width=image.width, height=image.height, file=path.name, bytes=path.stat().st_size)


class _Source:
    """The original as libvips may open it: by path, or decoded beforehand where its loader knows no HEVC."""

    def __init__(self, vips: Any, original: Path) -> None:
        self.vips, self.original = vips, original
        with original.open("rb") as stream:
            is_heic = reading.sniff(stream.read(32)) == "HEIC"
        self.decoded = _decode_heic(vips, original) if is_heic else None
        self.colour = _conversion(
            self.decoded or vips.Image.new_from_file(str(original), access="sequential")
        )

    def fit(self, width: int, height: int) -> Any:
        """Upright, sRGB, eight bits, three bands, no larger than the box nor than the original, and bare."""
        box = {"height": height, "size": "down", **self.colour}
        if self.decoded is not None:
            image = self.decoded.thumbnail_image(width, **box)
        else:
            image = self.vips.Image.thumbnail(str(self.original), width, fail_on="truncated", **box)
        if image.hasalpha():
            image = image.flatten(background=[65_535] * 3 if image.format == "ushort" else WHITE)
        if image.interpretation != "srgb":
            image = image.colourspace("srgb")
        if image.format != "uchar":
            image = image.cast("uchar")
        image = image.copy()
        for field in image.get_fields():
            if image.get_typeof(field) and field not in STRUCTURE:
                image.remove(field)
        return image


def _conversion(image: Any) -> dict[str, str]:
    """How to bring the colours to sRGB.

    Untagged photos are sRGB by custom; to convert them all the same would cost twenty times the other work.
    """
    into_srgb = {"export_profile": "srgb", "intent": "relative"}
    if image.interpretation == "cmyk":
        return into_srgb  # with libvips' own press profile where the file carries none
    if not image.get_typeof("icc-profile-data"):
        return {}
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.get("icc-profile-data")))
        described = ImageCms.getProfileDescription(profile)
    except (ImageCms.PyCMSError, *reading.BROKEN):
        return {}  # a damaged profile says nothing
    return {} if described.startswith("sRGB") else into_srgb


# What libvips itself keeps on every image; anything beside it came with the file.
STRUCTURE = {
    "width",
    "height",
    "bands",
    "format",
    "coding",
    "interpretation",
    "xoffset",
    "yoffset",
    "xres",
    "yres",
    "filename",
    "vips-loader",
    "vips-sequential",
}


def _decode_heic(vips: Any, original: Path) -> Any:
    import pillow_heif  # a heavy codec that most processes never need

    picture = pillow_heif.open_heif(original, convert_hdr_to_8bit=True).to_pillow()
    if picture.mode not in {"RGB", "RGBA"}:
        picture = picture.convert("RGB")
    image = vips.Image.new_from_memory(
        picture.tobytes(), picture.width, picture.height, len(picture.getbands()), "uchar"
    ).copy(interpretation="srgb")
    if profile := picture.info.get("icc_profile"):
        image.set_type(vips.GValue.blob_type, "icc-profile-data", profile)
    return image


def _swap(workshop: Path, into: Path) -> None:
    """Put the new folder where the old one was. A kill in between leaves none: the row was not READY yet."""
    if into.exists():
        retired = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
        into.rename(retired / into.name)
        workshop.rename(into)
        shutil.rmtree(retired, ignore_errors=True)
    else:
        workshop.rename(into)


# --- The words that go back in ---------------------------------------------------------------------------

NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": reading.RDF.strip("{}"),
    "dc": reading.DC.strip("{}"),
    "photoshop": reading.PHOTOSHOP.strip("{}"),
    "Iptc4xmpCore": reading.IPTC_CORE.strip("{}"),
}
for prefix, address in NAMESPACES.items():
    register_namespace(prefix, address)

# XML 1.0 cannot hold these, not even escaped.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def packet(words: Metadata) -> bytes:
    """The XMP packet of a published copy: what the press needs to print it, and nothing else."""
    root = Element("{adobe:ns:meta/}xmpmeta")
    description = SubElement(SubElement(root, f"{reading.RDF}RDF"), f"{reading.RDF}Description")
    description.set(f"{reading.RDF}about", "")

    def plain(name: str, text: str) -> None:
        if text:
            SubElement(description, name).text = UNWRITABLE.sub("", text)

    def wrapped(name: str, text: str, *, kind: str) -> None:
        if text:
            item = SubElement(
                SubElement(SubElement(description, name), f"{reading.RDF}{kind}"), f"{reading.RDF}li"
            )
            item.text = UNWRITABLE.sub("", text)
            if kind == "Alt":
                item.set(reading.XML_LANG, "x-default")

    wrapped(f"{reading.DC}description", words.caption, kind="Alt")
    wrapped(f"{reading.IPTC_CORE}AltTextAccessibility", words.alt_text, kind="Alt")
    wrapped(f"{reading.DC}creator", words.credit, kind="Seq")
    plain(f"{reading.PHOTOSHOP}Credit", words.credit)
    plain(f"{reading.PHOTOSHOP}Headline", words.headline)
    plain(f"{reading.IPTC_CORE}Location", words.place)
    plain(f"{reading.PHOTOSHOP}DateCreated", words.taken_at.isoformat() if words.taken_at else "")
    begin = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    return f'{begin}{tostring(root, encoding="unicode")}<?xpacket end="r"?>'.encode()
