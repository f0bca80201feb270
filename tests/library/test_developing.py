"""The copies: right to look at, and silent about where and with what they were taken."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from defusedxml import ElementTree
from PIL import Image

from factories.library import SERIAL, as_bytes, exif, iim, jpeg, picture, srgb_profile, with_segment, xmp
from pregon.library import developing, reading
from pregon.library.errors import CannotDevelop
from pregon.library.values import Copy, Metadata

WORDS = Metadata(
    headline="Se abre el puente",
    caption="El puente sobre el río, terminado",
    alt_text="Dos carriles vacíos",
    credit="Redacción",
    place="Ocotlán",
    taken_at=datetime(2026, 10, 4, 15, 30, tzinfo=UTC),
)
HOSTILE = "<script>alert('x')</script> ]]> <!-- & \"comillas\" \x00\x0b\ud800 <?xpacket end='w'?> €🌮"


def develop(folder: Path, data: bytes, words: Metadata = WORDS) -> list[Copy]:
    original = folder / "original"
    original.write_bytes(data)
    return developing.develop(original, into=folder / "copies", words=words)


def opened(folder: Path, file: str) -> Image.Image:
    image = Image.open(folder / "copies" / file)
    image.load()
    return image


def close(found: Any, wanted: tuple[int, int, int], *, within: int = 14) -> bool:
    return len(found) == 3 and all(abs(a - b) <= within for a, b in zip(found, wanted, strict=True))


def colours(image: Image.Image) -> tuple[bool, bool, bool]:
    """Whether the green stripe, the red half and the blue half stand where ``picture`` painted them."""
    wide, tall = image.size
    return (
        close(image.getpixel((wide // 4, tall // 20)), (30, 200, 30)),
        close(image.getpixel((wide // 4, tall // 2)), (200, 30, 30)),
        close(image.getpixel((wide * 3 // 4, tall // 2)), (30, 30, 200)),
    )


def test_the_copies_are_the_three_widths_and_the_whole_jpeg_for_the_press(tmp_path: Path) -> None:
    copies = develop(tmp_path, jpeg((2400, 1600)))
    assert [(copy.width, copy.height, copy.file) for copy in copies] == [
        (480, 320, "480.webp"),
        (960, 640, "960.webp"),
        (1200, 800, "social.jpg"),
        (1600, 1067, "1600.webp"),
        (2400, 1600, "full.jpg"),
    ]
    for copy in copies:
        image = opened(tmp_path, copy.file)
        assert (image.size, (tmp_path / "copies" / copy.file).stat().st_size) == (
            (copy.width, copy.height),
            copy.bytes,
        )


@pytest.mark.parametrize(
    ("width", "files"),
    [
        (1200, ["480.webp", "960.webp", "1200.webp", "social.jpg", "full.jpg"]),
        (480, ["480.webp", "social.jpg", "full.jpg"]),
        (40, ["40.webp", "social.jpg", "full.jpg"]),
    ],
)
def test_nothing_is_enlarged(tmp_path: Path, width: int, files: list[str]) -> None:
    copies = develop(tmp_path, jpeg((width, 30)))
    assert ([copy.file for copy in copies], copies[-1].width) == (files, width)


def test_a_strip_taller_than_webp_can_hold_is_fitted(tmp_path: Path) -> None:
    copies = develop(tmp_path, as_bytes(picture((200, 20_000)), "PNG"))
    assert max(copy.height for copy in copies[:-1]) == developing.WEBP_TALLEST


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_copy_stands_upright(tmp_path: Path, orientation: int) -> None:
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = picture((800, 600)) if turned is None else picture((800, 600)).transpose(turned)
    copies = develop(tmp_path, as_bytes(stored, "JPEG", quality=95, exif=exif(orientation=str(orientation))))
    assert {(copy.width, copy.height) for copy in copies} == {(480, 360), (800, 600)}
    for copy in copies:
        image = opened(tmp_path, copy.file)
        assert (colours(image), image.getexif().get(0x0112, 1)) == ((True, True, True), 1)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("srgb", jpeg((800, 600), quality=95, icc_profile=srgb_profile())),
        ("damaged profile", jpeg((800, 600), quality=95, icc_profile=b"not a profile" * 20)),
        ("palette", as_bytes(picture((800, 600)).quantize(8), "PNG")),
        ("alpha", as_bytes(picture((800, 600), "RGBA"), "PNG")),
        ("webp", as_bytes(picture((800, 600)), "WEBP", quality=95)),
        ("tiff", as_bytes(picture((800, 600)), "TIFF")),
    ],
)
def test_colours_survive_every_way_of_storing_them(tmp_path: Path, name: str, data: bytes) -> None:
    for copy in develop(tmp_path, data):
        image = opened(tmp_path, copy.file)
        assert (name, image.mode, colours(image)) == (name, "RGB", (True, True, True))


def test_a_photo_of_another_colour_space_is_converted_to_srgb(tmp_path: Path) -> None:
    import pyvips

    plain = tmp_path / "plain.png"
    plain.write_bytes(as_bytes(picture((800, 600)), "PNG"))
    wide = pyvips.Image.new_from_file(str(plain)).icc_transform("p3", input_profile="srgb")
    wide.jpegsave(str(tmp_path / "p3.jpg"), Q=96, keep="icc")
    stored = Image.open(tmp_path / "p3.jpg").convert("RGB").getpixel((200, 300))
    assert close(stored, (200, 30, 30)) is False  # else the test would prove nothing
    for copy in develop(tmp_path, (tmp_path / "p3.jpg").read_bytes()):
        assert colours(opened(tmp_path, copy.file)) == (True, True, True)


def test_a_press_ready_cmyk_photo_becomes_rgb(tmp_path: Path) -> None:
    white = Image.new("CMYK", (600, 400), (0, 0, 0, 0))
    white.paste((0, 0, 0, 255), (300, 0, 600, 400))
    for copy in develop(tmp_path, as_bytes(white, "JPEG", quality=95)):
        image = opened(tmp_path, copy.file)
        light, dark = image.getpixel((image.width // 4, 20)), image.getpixel((image.width * 3 // 4, 20))
        assert (image.mode, min(light) > 240, max(dark) < 70) == ("RGB", True, True)


@pytest.mark.parametrize("mode", ["L", "I;16", "LA", "1"])
def test_grey_and_sixteen_bits_become_eight_bits_of_rgb(tmp_path: Path, mode: str) -> None:
    image = Image.linear_gradient("L").resize((640, 640))
    if mode == "I;16":
        sixteen = Image.new("I;16", (640, 640))
        sixteen.putdata([value * 257 for value in image.tobytes()])
        image = sixteen
    else:
        image = image.convert(mode)
    for copy in develop(tmp_path, as_bytes(image, "PNG")):
        found = opened(tmp_path, copy.file)
        top, bottom = found.getpixel((5, 2)), found.getpixel((5, found.height - 3))
        assert (found.mode, max(top) < 20, min(bottom) > 235) == ("RGB", True, True)


def test_what_is_transparent_is_white_on_paper(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    for copy in develop(tmp_path, as_bytes(clear, "PNG")):
        assert close(opened(tmp_path, copy.file).getpixel((9, 9)), (255, 255, 255), within=2)


def test_a_telephones_heic_becomes_copies_like_any_other(tmp_path: Path) -> None:
    out = io.BytesIO()
    turned = picture((800, 600)).transpose(Image.Transpose.ROTATE_90)
    pillow_heif.from_pillow(turned).save(out, quality=95, exif=exif(orientation="6").tobytes())
    copies = develop(tmp_path, out.getvalue())
    assert [copy.file for copy in copies] == ["480.webp", "800.webp", "social.jpg", "full.jpg"]
    for copy in copies:
        assert colours(opened(tmp_path, copy.file)) == (True, True, True)


# What must not leave


def telltale() -> bytes:
    """A photo with a place and a serial number in every corner where programs put them."""
    thumbnail = with_segment(jpeg((160, 120)), 0xFE, f"thumbnail {SERIAL}".encode())
    data = jpeg(
        (900, 600),
        exif=exif(taken="2026:10:04 08:15:00"),
        xmp=xmp(
            "<dc:subject><rdf:Bag><rdf:li>cara</rdf:li></rdf:Bag></dc:subject>",
            f'aux:SerialNumber="{SERIAL}"',
        ),
        comment=f"comentario {SERIAL}".encode(),
        icc_profile=srgb_profile() + SERIAL.encode(),
    )
    data = with_segment(data, 0xED, iim({120: f"pie {SERIAL}".encode()}))
    return with_segment(data, 0xE5, SERIAL.encode()) + thumbnail


def heic_telltale() -> bytes:
    out = io.BytesIO()
    packet = xmp("", f'aux:SerialNumber="{SERIAL}"')
    pillow_heif.from_pillow(picture((900, 600))).save(out, exif=exif().tobytes(), xmp=packet)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        telltale(),
        as_bytes(picture((900, 600)), "WEBP", exif=exif(), xmp=xmp("", f'aux:SerialNumber="{SERIAL}"')),
        as_bytes(picture((900, 600)), "PNG", exif=exif()),
        as_bytes(picture((900, 600)), "TIFF", exif=exif(description=SERIAL)),
        heic_telltale(),
    ],
    ids=["jpeg", "webp", "png", "tiff", "heic"],
)
def test_no_copy_carries_where_it_was_taken_nor_with_which_camera(tmp_path: Path, data: bytes) -> None:
    assert SERIAL.encode() in data  # else the test would prove nothing
    for copy in develop(tmp_path, data):
        published = (tmp_path / "copies" / copy.file).read_bytes()
        image = Image.open(io.BytesIO(published))
        tags = image.getexif()
        assert (dict(tags), dict(tags.get_ifd(0x8825)), dict(tags.get_ifd(0x8769))) == ({}, {}, {})
        assert [
            mark for mark in (SERIAL.encode(), b"Exif", b"8BIM", b"Fabricante", b"GPS") if mark in published
        ] == []
        assert set(image.info) - {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "loop",
            "background",
        } <= ({"xmp", "progression", "progressive", "dpi", "timestamp", "duration"})


def test_our_own_words_go_back_into_the_copy_for_the_press(tmp_path: Path) -> None:
    develop(tmp_path, telltale())
    with (tmp_path / "copies" / developing.FULL).open("rb") as stream:
        assert reading.read(stream, zone=UTC) == WORDS


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    words = Metadata(caption=HOSTILE, alt_text=HOSTILE, credit=HOSTILE, place=HOSTILE, headline=HOSTILE)
    develop(tmp_path, jpeg((300, 200)), words)
    with (tmp_path / "copies" / developing.FULL).open("rb") as stream:
        found = reading.read(stream, zone=UTC)
    expected = HOSTILE.replace("\x00\x0b\ud800 ", "")
    expected = " ".join(expected.split())
    assert {found.caption, found.alt_text, found.credit, found.place, found.headline} == {expected}
    assert b"<script" not in developing.packet(words)


def test_the_packet_is_valid_xml_even_without_a_word() -> None:
    assert [ElementTree.fromstring(developing.packet(words)).tag for words in (Metadata(), WORDS)] == [
        "{adobe:ns:meta/}xmpmeta"
    ] * 2


# All or nothing


def test_developing_again_replaces_all_and_leaves_nothing_beside(tmp_path: Path) -> None:
    develop(tmp_path, jpeg((2400, 1600)))
    develop(tmp_path, jpeg((700, 500)))
    assert sorted(path.name for path in (tmp_path / "copies").iterdir()) == [
        "480.webp",
        "700.webp",
        "full.jpg",
        "social.jpg",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copies", "original"]


def test_a_photo_that_cannot_be_decoded_leaves_the_copies_as_they_were(tmp_path: Path) -> None:
    before = develop(tmp_path, jpeg((700, 500)))
    with pytest.raises(CannotDevelop):
        develop(tmp_path, jpeg((700, 500))[:2000])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copies", "original"]
    assert [(tmp_path / "copies" / copy.file).stat().st_size for copy in before] == [
        copy.bytes for copy in before
    ]


def test_what_a_killed_run_left_is_swept_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "original").write_bytes(as_bytes(Image.effect_noise((5000, 4000), 60).convert("RGB"), "JPEG"))
    script = (
        "import sys, pathlib, threading, os, signal, time\n"
        "from pregon.library import developing\n"
        "from pregon.library.values import Metadata\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "def kill():\n"
        "    while not any(folder.glob('.copies-*/full.jpg')):\n"
        "        time.sleep(0.001)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "threading.Thread(target=kill, daemon=True).start()\n"
        "developing.develop(folder / 'original', into=folder / 'copies', words=Metadata())\n"
    )
    source = Path(developing.__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(source)},
        check=False,
        timeout=60,
    )
    left = sorted(path.name[:8] for path in tmp_path.iterdir())
    assert (ran.returncode, left) == (-signal.SIGKILL, [".copies-", "original"])
    developing.develop(tmp_path / "original", into=tmp_path / "copies", words=WORDS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copies", "original"]
