"""Files are whole or absent."""

from __future__ import annotations

import errno
import gzip
import os
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.core.files import (
    DiskFull,
    is_published,
    remove,
    replacing,
    safe_name,
    write_atomically,
    write_published,
)

PAGE = b"<p>El parque abre hoy.</p>\n" * 100


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing_with(number: int) -> Callable[..., Any]:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def test_a_file_is_written_with_the_folders_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "boletines" / "120" / "index.html"
    write_atomically(path, PAGE)
    assert path.read_bytes() == PAGE
    assert names(path.parent) == ["index.html"]


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o640])
def test_a_file_has_the_mode_it_was_given_whatever_the_mask(tmp_path: Path, mode: int) -> None:
    mask = os.umask(0o077)
    try:
        write_atomically(tmp_path / "a", b"x", mode=mode)
    finally:
        os.umask(mask)
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode


@given(st.binary(max_size=2000), st.binary(max_size=2000))
def test_what_was_written_last_is_what_is_read(first: bytes, last: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "index.html"
        write_atomically(path, first)
        write_atomically(path, last)
        assert path.read_bytes() == last
        assert names(path.parent) == ["index.html"]


def test_a_reader_never_meets_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    versions = {bytes([n]) * 50_000 for n in range(4)}
    write_atomically(path, min(versions))
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(10):
        for version in versions:
            write_atomically(path, version)
    done.set()
    reader.join()
    assert seen <= versions


@pytest.mark.parametrize("step", ["os.fchmod", "os.fsync", "pathlib.Path.replace"])
@pytest.mark.parametrize("write", [write_atomically, write_published])
def test_a_full_disk_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, write: Callable[[Path, bytes], None]
) -> None:
    path = tmp_path / "index.html"
    write_atomically(path, b"antes")
    with monkeypatch.context() as patch:
        patch.setattr(step, failing_with(errno.ENOSPC))
        with pytest.raises(DiskFull, match=r"^No queda espacio en el disco: .*\.$"):
            write(path, PAGE)
    assert path.read_bytes() == b"antes"
    assert names(tmp_path) == ["index.html"]


def test_another_failure_stays_what_it_is_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", failing_with(errno.EIO))
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        write_atomically(tmp_path / "a", b"x")
    assert names(tmp_path) == []


def test_a_published_page_has_copies_that_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    write_published(path, PAGE)
    assert names(tmp_path) == ["index.html", "index.html.br", "index.html.gz"]
    assert path.read_bytes() == PAGE
    assert brotli.decompress((tmp_path / "index.html.br").read_bytes()) == PAGE
    assert gzip.decompress((tmp_path / "index.html.gz").read_bytes()) == PAGE


def test_the_same_page_gives_the_same_bytes(tmp_path: Path) -> None:
    write_published(tmp_path / "a.html", PAGE)
    write_published(tmp_path / "b.html", PAGE)
    assert (tmp_path / "a.html.gz").read_bytes() == (tmp_path / "b.html.gz").read_bytes()
    assert (tmp_path / "a.html.br").read_bytes() == (tmp_path / "b.html.br").read_bytes()


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.html", PAGE[:511]), ("a.jpg", PAGE), ("a", PAGE), ("a.txt", bytes(os.urandom(600)))],
)
def test_what_gains_nothing_from_copies_has_none(tmp_path: Path, name: str, data: bytes) -> None:
    write_published(tmp_path / name, data)
    assert names(tmp_path) == [name]


def test_a_page_that_became_short_leaves_no_stale_copy(tmp_path: Path) -> None:
    write_published(tmp_path / "a.html", PAGE)
    write_published(tmp_path / "a.html", b"retirado")
    assert names(tmp_path) == ["a.html"]


def test_a_failure_in_the_middle_leaves_no_stale_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.html"
    write_published(path, PAGE)
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", failing_with(errno.EIO))
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            write_published(path, PAGE + b"nuevo")
    assert path.read_bytes() == PAGE
    assert names(tmp_path) == ["a.html"]


def test_removing_takes_the_copies_too_and_minds_nothing_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    write_published(path, PAGE)
    write_published(tmp_path / "b.html", PAGE[:20])
    remove(path)
    remove(path)
    remove(tmp_path / "nowhere" / "a.html")
    assert names(tmp_path) == ["b.html"]


def test_a_removal_is_safe_on_the_disk_and_nothing_is_written_where_nothing_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "a.html", []
    write_published(path, PAGE)
    sync = os.fsync
    monkeypatch.setattr("os.fsync", lambda descriptor: (synced.append(descriptor), sync(descriptor)))
    remove(path)
    first = len(synced)
    remove(path)
    assert (first, len(synced)) == (1, 1)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Fotos del año (1).JPG", "Fotos-del-ano-1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Usuarios\\acta final.pdf", "acta-final.pdf"),
        (".htaccess", "htaccess"),
        ("...", "archivo"),
        ("foto.php.jpg", "foto-php.jpg"),
        ("página.html\x00.png", "pagina-html.png"),
        ("图片.png", "archivo.png"),
        ("", "archivo"),
        ("carpeta/", "carpeta"),
        ("a\r\nb.txt", "a-b.txt"),
        ("sin extension.", "sin-extension"),
    ],
)
def test_a_name_becomes_one_that_can_be_served(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_any_name_becomes_safe_and_stays_so(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 120
    assert safe.isascii()
    assert not set(safe) & set("/\\ \n\x00<>\"'")
    assert not safe.startswith((".", "-"))
    assert safe.count(".") <= 1
    assert safe_name(safe) == safe


def test_a_file_written_bit_by_bit_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "salida" / "lista.csv"
    with replacing(path) as file:
        file.write(b"uno\n")
        assert not path.exists()
        file.write(b"dos\n")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"uno\ndos\n", 0o600)
    with pytest.raises(RuntimeError), replacing(path) as file:
        file.write(b"tres\n")
        raise RuntimeError
    assert (path.read_bytes(), [one.name for one in path.parent.iterdir()]) == (b"uno\ndos\n", ["lista.csv"])


def test_a_page_is_published_only_with_every_copy_in_step(tmp_path: Path) -> None:
    page, text = tmp_path / "index.html", b"<p>Un texto que se repite.</p>" * 60
    nothing = is_published(page, text)
    write_published(page, text)
    whole = is_published(page, text), is_published(page, text + b".")
    spoilt = []
    for suffix, damage in ((".br", b"x"), (".gz", None)):
        write_published(page, text)
        copy = page.with_name(page.name + suffix)
        copy.unlink() if damage is None else copy.write_bytes(damage)
        spoilt.append(is_published(page, text))
    assert (nothing, whole, spoilt) == (False, (True, False), [False, False])
