"""A copy of the public site that any plain web server answers, whatever becomes of this machine.

What lies in the public folder is copied as it is. Two things cannot work without Pregón, the searches and the forms:
an honest page stands in their place. A plain server does not know how to say that a page is gone, so the page that
says it answers in its place. Each file takes its place whole; a second run copies what changed and takes away what
is public no longer.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import timezone

from pregon.accounts.models import Office
from pregon.core.errors import PregonError
from pregon.core.files import COPIES, is_published, remove, write_published
from pregon.website.actions.share import home

#: Says that a folder is a copy of ours, and when it was whole.
SEAL = "respaldo.json"
PAGE, GONE = "index.html", "gone.html"
#: What needs Pregón, and the title of the page in its place.
NEEDS_PREGON = ("boletines/buscar", "servicios/buscar", "suscripcion")
NOT_FOUND = "404.html"
#: What pages and styles name of the static files.
STATIC = re.compile(rb"/static/([^\"'\s)>]+)")
#: An address from the root, where an element or a style names one.
FROM_ROOT = re.compile(rb"""((?:href|src|action|poster|data-[a-z-]+)="|url\(["']?)/(?!/)""")
#: What a page follows as news come, and what it is installed with: below the address of another site, that site's.
AT_HOME = re.compile(rb' data-stream="[^"]*"|<link rel="manifest"[^>]*>\n?')
SEVERAL = re.compile(rb'srcset="[^"]*"')


class NotOurs(PregonError):
    """La carpeta ya tiene otras cosas: elige una vacía, o una que haya hecho «pregon site export»."""


class Inside(PregonError):
    """El respaldo va fuera de la carpeta de la oficina: elige otra."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """How a copy ended."""

    files: int
    copied: int
    removed: int


def export(target: Path, *, at: datetime, relative: bool = False) -> Exported:
    """Make ``target`` a copy of the public site. With ``relative`` its links begin at each page, so that it may lie
    below any address."""
    target = target.resolve()
    if target == home().root.resolve() or home().root.resolve() in target.parents:
        raise Inside
    if target.exists() and not is_ours(target):
        raise NotOurs
    target.mkdir(parents=True, exist_ok=True)
    write_published(target / SEAL, json.dumps({"desde": at.isoformat(), "hasta": None}).encode())
    wanted: set[str] = {SEAL}
    copied = 0
    # Photos and styles first, then the pages that show them; what is public no longer goes last.
    for name, source in sorted(public_files(), key=lambda one: one[0].endswith(".html")):
        wanted.add(name)
        with suppress(FileNotFoundError):  # taken down meanwhile; another run takes it out of the copy
            copied += put(source, target / name, name if relative else "")
    with timezone.override(Office.load().zone):
        for name, page in honest_pages(at):
            wanted.add(name)
            copied += write(target / name, below(page, name) if relative else page)
    removed = remove_others(target, wanted)
    told = {"desde": at.isoformat(), "hasta": timezone.now().isoformat(), "archivos": len(wanted)}
    write_published(target / SEAL, json.dumps(told).encode())
    return Exported(files=len(wanted), copied=copied, removed=removed)


def is_ours(target: Path) -> bool:
    """Whether ``target`` is empty or bears our seal: what else lies there would be taken away. The name of the seal is
    a common word, so what it says is asked too."""
    if not target.is_dir():
        return False
    try:
        told = json.loads((target / SEAL).read_bytes())
    except FileNotFoundError:
        return not any(target.iterdir())
    except ValueError:
        return False
    return isinstance(told, dict) and {"desde", "hasta"} <= told.keys()


def public_files() -> Iterator[tuple[str, Path]]:
    """Every file of the public site, by the name it has in the copy."""
    baked, named = home().baked, set[bytes]()
    for folder, _folders, files in os.walk(baked):
        for file in files:
            source = Path(folder, file)
            name = source.relative_to(baked).as_posix()
            if file.startswith(".") or (source.suffix in COPIES and source.with_suffix("").exists()):
                continue
            if os.path.dirname(name) in NEEDS_PREGON:  # noqa: PTH120 - ten thousand times
                continue
            if file in (PAGE, GONE):
                with suppress(FileNotFoundError):
                    named.update(STATIC.findall(source.read_bytes()))
            yield (name.removesuffix(GONE) + PAGE if file == GONE else name), source
    for found in list(named):
        style = home().static / found.decode()
        if style.suffix == ".css" and style.is_file():
            named.update(STATIC.findall(style.read_bytes()))
    for found in sorted(named):
        source = home().static / found.decode()
        if source.is_file():
            yield f"static/{found.decode()}", source


def honest_pages(at: datetime) -> Iterator[tuple[str, bytes]]:
    """What stands where Pregón is needed, and where nothing is."""
    context = {"office": Office.load(), "at": at}
    for folder in NEEDS_PREGON:
        page = render_to_string("website/copy.html", {**context, "search": folder.endswith("buscar")})
        yield f"{folder}/{PAGE}", page.encode()
    yield NOT_FOUND, render_to_string("website/copy_not_found.html", context).encode()


def put(source: Path, target: Path, below_name: str) -> bool:
    """``source`` at ``target``, if it is not there already; whether it was not."""
    if target.suffix in (".html", ".css", ".xml", ".js", ".json", ".ics", ".txt", ".atom", ".svg"):
        data = source.read_bytes()
        return write(target, below(data, below_name) if below_name else data)
    facts = source.stat()
    with suppress(FileNotFoundError):
        there = target.stat()
        if (there.st_size, there.st_mtime_ns) == (facts.st_size, facts.st_mtime_ns):
            return False
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = target.with_name(f".{target.name}.tmp")
    shutil.copy2(source, waiting)
    waiting.replace(target)
    return True


def write(target: Path, data: bytes) -> bool:
    """``data`` at ``target`` with its compressed copies, if it is not there already."""
    if is_published(target, data):
        return False
    write_published(target, data)
    return True


def below(data: bytes, name: str) -> bytes:
    """``data``, the file ``name`` of the copy, with every link from the root made one from where it stands, and none
    that a script would ask for at the root."""
    if not name.endswith((".html", ".css")):
        return data
    up = b"../" * name.count("/") or b"./"
    data = FROM_ROOT.sub(rb"\1" + up, AT_HOME.sub(b"", data))
    return SEVERAL.sub(lambda several: re.sub(rb'(["\s])/(?!/)', rb"\1" + up, several[0]), data)


def remove_others(target: Path, wanted: set[str]) -> int:
    """Take away what is public no longer; compressed copies go with their file. A hidden folder is never the site's:
    whoever keeps the copy with git has the history there."""
    removed = 0
    for folder, _folders, files in os.walk(target, topdown=False):
        if any(part.startswith(".") for part in Path(folder).relative_to(target).parts):
            continue
        for file in files:
            path = Path(folder, file)
            name = path.relative_to(target).as_posix()
            if path.suffix in COPIES and name.rpartition(".")[0] in wanted:
                continue
            if name not in wanted:
                remove(path)
                removed += 1
        with suppress(OSError):  # not empty
            if Path(folder) != target:
                Path(folder).rmdir()
    return removed
