"""The public folder beside the pages: the copies of photos and the attached documents that the gate lets out.

Each is asked of the gate while its lock is held, so that of a release and a retraction the last one counts.
"""

from __future__ import annotations

import errno
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from uuid import UUID

from django.conf import settings
from wagtail.documents import get_document_model

from pregon.core.files import safe_name, write_atomically
from pregon.core.home import Home
from pregon.core.visibility import visible
from pregon.library.models import Photo
from pregon.library.queries import copies_of, folder_of
from pregon.website.queries import is_published

LOCKS = 64
CANNOT_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}


def home() -> Home:
    found: Home = settings.HOME
    return found


@contextmanager
def alone(path: str) -> Iterator[None]:
    """Let nobody else touch the files of ``path`` meanwhile, in whatever process."""
    folder = home().run / "oven"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{zlib.crc32(path.encode()) % LOCKS:02d}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def is_shared(path: str) -> bool:
    return path.startswith(("/fotos/", "/documentos/"))


def share(path: str, *, at: datetime) -> bool:
    """Make the folder of ``path`` hold exactly what is public of it; whether that is anything."""
    _, kind, name, *_ = path.split("/")
    with alone(path):
        folder = home().baked / kind / name
        files = photo_files(name, at) if kind == "fotos" else document_files(name, at)
        for old in folder.iterdir() if folder.is_dir() else ():
            if old.name not in files:
                old.unlink()
        for wanted, source in files.items():
            put(source, folder / wanted)
        if not files and folder.is_dir():
            folder.rmdir()
    return bool(files)


def photo_files(public_id: str, at: datetime) -> dict[str, Path | bytes]:
    """The copies of a public photo by name; nothing while they are not ready."""
    try:
        wanted = UUID(public_id)
    except ValueError:
        return {}
    photo = visible(Photo.objects.filter(public_id=wanted), at=at).first()
    if photo is None:
        return {}
    found = {copy.file: folder_of(photo) / copy.file for copy in copies_of(photo)}
    return {name: path for name, path in found.items() if path.exists()}


def document_files(pk: str, at: datetime) -> dict[str, Path | bytes]:
    model = get_document_model()
    document = model.objects.filter(pk=int(pk)).first() if pk.isdecimal() else None
    if document is None or not is_published(document, at):
        return {}
    name = safe_name(document.filename)
    try:
        return {name: Path(document.file.path)}
    except NotImplementedError:  # originals live in an object store
        with document.open_file() as stream:
            return {name: stream.read()}


def put(source: Path | bytes, target: Path) -> None:
    """``source`` under a public name; a second name of the same file where the disk can."""
    if isinstance(source, bytes):
        write_atomically(target, source)
        return
    if target.exists() and target.samefile(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_name(f".{target.name}.tmp")
    staged.unlink(missing_ok=True)
    try:
        os.link(source, staged)
    except OSError as refusal:
        if refusal.errno not in CANNOT_LINK:
            raise
        shutil.copyfile(source, staged)
    staged.replace(target)
