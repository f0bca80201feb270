"""What lies in the public folder is exactly what is public, whatever was missed by a crash or by hand."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from pathlib import Path

from django.conf import settings

import pregon
from pregon.core.files import COPIES, remove, write_atomically
from pregon.website.actions.baking import files_of, take_down
from pregon.website.actions.marking import mark, mark_everything
from pregon.website.actions.share import alone, home, is_shared, share
from pregon.website.enums import Baking
from pregon.website.models import BakedPage, BakingMark
from pregon.website.queries import STANDING, document_folder, everything, months_of_news, photo_path

logger = logging.getLogger(__name__)


def reconcile(*, at: datetime) -> int:
    """Remove what nobody vouches for and make due what is missing; returns how many things were put right."""
    mended = renew(at=at)
    public = set(everything(at))
    mended += remove_strays(public, at=at)
    known = set(BakedPage.objects.values_list("path", flat=True))
    known |= set(BakingMark.objects.values_list("path", flat=True))
    missing = {path for path in public if path not in known}
    missing |= {path for path in baked_rows() if not lies_there(path)}
    # A photo became ready and its worker died before it could say so.
    missing |= {path for path in public if is_shared(path) and not lies_there(path)}
    if missing:
        mark(missing, at=at, bulk=True)
    mended += len(missing)
    if mended:
        logger.info("Public folder put right", extra={"mended": mended})
    return mended


def renew(*, at: datetime) -> int:
    """Bake everything anew when what every page is made with has changed: an upgrade, new static files."""
    mark_of_edition = home().run / "edition"
    now = edition()
    before = mark_of_edition.read_text() if mark_of_edition.exists() else ""
    if before == now:
        return 0
    mark({*STANDING, *months_of_news(at)}, at=at, bulk=True)
    mark_everything(at=at)
    write_atomically(mark_of_edition, now.encode())
    return BakedPage.objects.count()


def edition() -> str:
    """Changes with the program's version, its templates, and the names of its static files."""
    content = hashlib.sha256(pregon.__version__.encode())
    content.update(settings.BASE_URL.encode())
    content.update(str(settings.PREGON_COUNT_VIEWS).encode())  # the privacy page says so
    manifest = home().static / "staticfiles.json"
    if manifest.exists():
        content.update(manifest.read_bytes())
    package = Path(pregon.__file__).parent
    for template in sorted(package.glob("*/templates/**/*")):
        if template.is_file():
            content.update(template.read_bytes())
    return content.hexdigest()


def remove_strays(public: set[str], *, at: datetime) -> int:
    """Take away files that no public address stands for."""
    removed = 0
    baked = home().baked
    for kind, address in (("fotos", photo_path), ("documentos", document_folder)):
        folders = [folder.name for folder in (baked / kind).glob("*")]
        for path in (address(name) for name in folders):
            if path not in public:
                removed += not share(path, at=at)
    for file in list(baked.rglob("*")):
        stray = path_of(file, baked)
        if stray is None or is_shared(stray) or stray in public:
            continue
        if file.name == "gone.html":
            continue  # it tells of a withdrawal and shows nothing
        removed += remove_stray(file, stray, at=at)
    return removed


def remove_stray(file: Path, path: str, *, at: datetime) -> int:
    """Take ``file`` away unless a view may still vouch for it; whether it was taken."""
    row = BakedPage.objects.filter(path=path).first()
    if row is None:
        with alone(path):
            remove(file)
        return 1
    if row.state == Baking.GONE:
        take_down([path], at=at)
        return 1
    mark([path], at=at, bulk=True)  # the list of all that is public may not know every page of a plan
    return 0


def path_of(file: Path, baked: Path) -> str | None:
    """The address that ``file`` answers; nothing for folders, compressed copies and files being written."""
    if not file.is_file() or file.suffix in COPIES or file.name.startswith("."):
        return None
    relative = file.relative_to(baked)
    if file.name in ("index.html", "gone.html"):
        return f"/{relative.parent}/" if relative.parent != Path() else "/"
    return f"/{relative}"


def baked_rows() -> list[str]:
    return list(BakedPage.objects.filter(state=Baking.BAKED).values_list("path", flat=True))


def lies_there(path: str) -> bool:
    if is_shared(path):
        return (home().baked / path.strip("/")).is_dir()
    return files_of(path)[0].exists()
