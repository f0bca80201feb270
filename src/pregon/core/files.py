"""Files that are whole or absent: a reader, a crash or a full disk never meets half of one."""

from __future__ import annotations

import errno
import gzip
import os
import re
import tempfile
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO

import brotli

from pregon.core.errors import PregonError

WORTH_COMPRESSING = 512
COMPRESSIBLE = frozenset(
    {".atom", ".css", ".csv", ".html", ".ics", ".js", ".json", ".map", ".mjs", ".rss", ".svg", ".txt", ".vtt"}
    | {".webmanifest", ".xml", ".xsl"}
)
COPIES = (".br", ".gz")
LONGEST_NAME = 120


class DiskFull(PregonError):
    """No queda espacio en el disco: libera espacio y vuelve a intentarlo. Lo que había sigue como estaba."""


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put ``data`` at ``path`` in one step, making the folders it needs."""
    with _full_disk_is_ours(), _staged(path, data, mode=mode) as ready:
        ready.replace(path)
        _settle(path.parent)


@contextmanager
def replacing(path: Path, *, mode: int = 0o600) -> Iterator[IO[bytes]]:
    """A file to write bit by bit, which takes the place of ``path`` in one step when all of it went well."""
    with _full_disk_is_ours():
        descriptor, name = _opened_beside(path)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
        _settle(path.parent)


def write_published(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` with the compressed copies a web server may answer with instead.

    All is written before anything is replaced, and old copies go before the new text shows: a server may for
    an instant find no copy, but never a stale one.
    """
    wanted = {path.with_name(path.name + suffix): copy for suffix, copy in _compressed(path, data)}
    with _full_disk_is_ours(), _all_staged(wanted | {path: data}) as ready:
        _drop_copies(path)
        ready.pop(path).replace(path)
        for copy, waiting in ready.items():
            waiting.replace(copy)
        _settle(path.parent)


@lru_cache(maxsize=4)
def squeezed(data: bytes) -> bytes:
    """``data`` in Brotli; the copy of a page and its version in the archive are made at the same moment.
    6 of 11: three milliseconds for a page where 11 needs fifty, and one kilobyte in ten more."""
    return bytes(brotli.compress(data, quality=6))


def is_published(path: Path, data: bytes) -> bool:
    """Whether ``data`` lies at ``path`` with every copy it should have, none of which says anything else."""
    opened = {".br": brotli.decompress, ".gz": gzip.decompress}
    try:
        if path.read_bytes() != data:
            return False
        for suffix in COPIES:
            copy = path.with_name(path.name + suffix)
            if not copy.exists():
                if suffix in dict(_compressed(path, data)):
                    return False
            elif opened[suffix](copy.read_bytes()) != data:
                return False
    except (OSError, EOFError, zlib.error, brotli.error):
        return False
    return True


def remove(path: Path) -> None:
    """Take ``path`` and its copies away; what is not there is no trouble."""
    # The copies first: nginx would serve one whose original is gone.
    if any([*_drop_copies(path), _dropped(path)]):
        with suppress(FileNotFoundError):
            _settle(path.parent)


def safe_name(name: str) -> str:
    """``name`` as a file name that can be served: plain ASCII, no folder, no hidden file, one extension."""
    last = PurePosixPath(name.replace("\\", "/").replace("\x00", "")).name
    stem, _, extension = last.rpartition(".") if "." in last.lstrip(".") else (last, "", "")
    extension = re.sub(r"[^a-z0-9]", "", _ascii(extension).lower())[:10]
    stem = (
        re.sub(r"[^A-Za-z0-9_]+", "-", _ascii(stem))
        .strip("-_")[: LONGEST_NAME - len(extension) - 1]
        .strip("-_")
    )
    return f"{stem or 'archivo'}.{extension}" if extension else stem or "archivo"


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _compressed(path: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    if path.suffix.lower() not in COMPRESSIBLE or len(data) < WORTH_COMPRESSING:
        return
    for suffix, copy in ((".br", squeezed(data)), (".gz", gzip.compress(data, 6, mtime=0))):
        if len(copy) < len(data):
            yield suffix, copy


def _drop_copies(path: Path) -> list[bool]:
    return [_dropped(path.with_name(path.name + suffix)) for suffix in COPIES]


def _dropped(path: Path) -> bool:
    """Take ``path`` away; whether it was there."""
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _opened_beside(path: Path) -> tuple[int, str]:
    """A new hidden file in the folder of ``path``, which is made where there is none."""
    try:
        return tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")


@contextmanager
def _staged(path: Path, data: bytes, *, mode: int) -> Iterator[Path]:
    """``data`` safe on the disk under a hidden name beside ``path``, to be moved from there; gone again when something
    fails."""
    descriptor, name = _opened_beside(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        yield Path(name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _all_staged(files: dict[Path, bytes]) -> Iterator[dict[Path, Path]]:
    with ExitStack() as stack:
        yield {path: stack.enter_context(_staged(path, data, mode=0o644)) for path, data in files.items()}


def _settle(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _full_disk_is_ours() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from problem
        raise
