"""From a folder to a published bulletin: act, album, photos and text in one transaction, or nothing at all."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.db import models, transaction

from pregon.accounts.models import Department, Locality, Topic, User
from pregon.agenda.enums import Kind, Product
from pregon.agenda.models import Act, Coverage
from pregon.core.text import fold, nearest, slug
from pregon.delivery.registry import kinds
from pregon.library import actions as library
from pregon.library import reading
from pregon.library.errors import printable
from pregon.library.models import Album, Photo
from pregon.library.values import Metadata
from pregon.newsroom.actions.correct import correct
from pregon.newsroom.actions.publish import publish
from pregon.newsroom.errors import BadFolder, FolderChanged, Twin
from pregon.newsroom.folders import Folder, read_folder
from pregon.newsroom.models import Bulletin, BulletinIndex, Correction, Intake
from pregon.newsroom.queries import as_last_public


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a folder."""

    bulletin: Bulletin
    new: bool
    #: Photos that stay in the album because nobody said what they show.
    held_back: tuple[str, ...] = ()
    #: How long reading and checking took, apart from writing.
    read_seconds: float = 0.0


@dataclass(slots=True)
class Names:
    """The office's own records that the folder names; a name nobody knows is answered with the nearest."""

    department: Department
    topics: list[Topic] = field(default_factory=list)
    localities: list[Locality] = field(default_factory=list)
    kind: Kind = Kind.OFFICIAL
    channels: list[str] = field(default_factory=list)


def take_in(path: Path, *, by: User | None, zone: ZoneInfo, at: datetime) -> Taken:
    """Publish the folder at ``path``, once.

    Raises an :class:`~pregon.newsroom.errors.IntakeError` (or a library error about a photo) with a sentence for the
    person who asked; then nothing was changed.
    """
    started = monotonic()
    folder = read_folder(path, zone=zone)
    if earlier := known(folder):
        return Taken(bulletin=earlier, new=False, read_seconds=round(monotonic() - started, 3))
    names = resolve_names(folder)
    for note in folder.photos:
        reading.inspect(note.path)
    read_seconds = round(monotonic() - started, 3)
    stored: list[str] = []
    try:
        with transaction.atomic():
            # One folder after another: somebody else may have been handed the same one a moment ago.
            BulletinIndex.objects.select_for_update().get()
            if earlier := known(folder):
                return Taken(bulletin=earlier, new=False, read_seconds=read_seconds)
            refuse_twin(folder, names)
            bulletin, held_back = write_down(folder, names, by=by, at=at, stored=stored)
            publish(bulletin, by=by)
            Intake.objects.create(folder=str(folder.path), digest=folder.digest, bulletin=bulletin, at=at)
    except BaseException:
        for name in stored:  # the rows rolled back; their originals go with them
            default_storage.delete(name)
        raise
    bulletin.refresh_from_db()
    return Taken(bulletin=bulletin, new=True, held_back=held_back, read_seconds=read_seconds)


def known(folder: Folder) -> Bulletin | None:
    """The bulletin that went out from this very folder. Raises :class:`FolderChanged` if it now says otherwise."""
    intakes = Intake.objects.select_related("bulletin")
    if same := intakes.filter(digest=folder.digest).first():
        return same.bulletin
    if changed := intakes.filter(folder=str(folder.path)).first():
        raise FolderChanged(
            f"La carpeta «{printable(folder.path.name)}» ya salió como {name_of(changed.bulletin)} "
            "y ahora dice otra cosa.",
            folder=folder.path,
        )
    return None


def correct_from(
    path: Path, *, change: str, reason: str, by: User | None, zone: ZoneInfo, at: datetime
) -> Correction:
    """Correct the bulletin that came from the folder at ``path`` with what the folder says now."""
    folder = read_folder(path, zone=zone)
    intake = Intake.objects.select_related("bulletin__album").filter(folder=str(folder.path)).first()
    if intake is None:
        name, order = printable(folder.path.name), shlex.join(["pregon", "publish", str(folder.path)])
        raise BadFolder(f"La carpeta «{name}» no se ha publicado: publícala con {printable(order)}.")
    # What the folder does not say stays as readers know it: a draft on the desk may say otherwise.
    bulletin = as_last_public(intake.bulletin) or intake.bulletin
    stored: list[str] = []
    try:
        with transaction.atomic():
            photos = (
                take_photos(folder, bulletin.album, by=by, at=at, stored=stored) if bulletin.album else {}
            )
            reworded = reword(folder, photos)
            fill(bulletin, folder, photos)
            changed = reworded or bool(stored)
            correction = correct(bulletin, change=change, reason=reason, by=by, at=at, photos_changed=changed)
            intake.digest = folder.digest
            intake.save(update_fields=["digest"])
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise
    return correction


def name_of(bulletin: Bulletin) -> str:
    return f"el boletín {bulletin.folio}" if bulletin.folio else "un boletín programado"


def resolve_names(folder: Folder) -> Names:
    return Names(
        department=find(Department.objects.filter(active=True), folder.department, what="la dependencia"),
        topics=[find(Topic.objects.all(), name, what="el tema") for name in folder.topics],
        localities=[find(Locality.objects.all(), name, what="la localidad") for name in folder.localities],
        kind=find_kind(folder.kind),
        channels=[find_channel(name) for name in folder.channels],
    )


def find(candidates: models.QuerySet[Any], name: str, *, what: str) -> Any:
    """The record called ``name``, accents and capitals aside; part of a name is enough when it fits only one.

    Raises :class:`BadFolder` offering the nearest.
    """
    by_name: dict[str, Any] = {}
    for candidate in candidates:
        by_name[fold(candidate.name)] = candidate
        if short := getattr(candidate, "short_name", ""):
            by_name.setdefault(fold(short), candidate)
    wanted = fold(name)
    if found := by_name.get(wanted):
        return found
    partly = {
        candidate.pk: candidate for known, candidate in by_name.items() if f" {wanted} " in f" {known} "
    }
    if len(partly) == 1:
        return partly.popitem()[1]
    close = nearest(name, [candidate.name for candidate in by_name.values()])
    advice = f"¿Será «{close}»?" if close else "Dala de alta en el escritorio, en Oficina."
    raise BadFolder(f"No se conoce {what} «{name}». {advice}")


def find_kind(name: str) -> Kind:
    if not name:
        return Kind.OFFICIAL
    options = {fold(word): kind for kind in Kind for word in (kind.value, str(kind.label))}
    if kind := options.get(fold(name)):
        return kind
    raise BadFolder(
        f"No se conoce el tipo «{name}». Los que hay son: {', '.join(kind.value for kind in Kind)}."
    )


def find_channel(name: str) -> str:
    aliases = {"correo": "email"} | {kind: kind for kind in kinds()}
    if channel := aliases.get(fold(name)):
        return channel
    raise BadFolder(f"No se conoce el canal «{name}». Los que hay son: {', '.join(sorted(aliases))}.")


def refuse_twin(folder: Folder, names: Names) -> None:
    """Two acts alike (same department, hour and name) are nearly always the same one typed twice."""
    for act in Act.objects.filter(department=names.department, start=folder.start):
        if fold(act.title) == fold(folder.title) and act.bulletins.exists():
            raise Twin(
                f"Ya hay un acto igual con su boletín: «{act.title}», de {act.department}, a la misma hora. "
                "Si es otro, distingue el título o la hora; si es el mismo, corrige desde su carpeta."
            )


def write_down(
    folder: Folder, names: Names, *, by: User | None, at: datetime, stored: list[str]
) -> tuple[Bulletin, tuple[str, ...]]:
    """Act, album, photos and the draft of the bulletin."""
    album = Album.objects.create(
        title=folder.title,
        slug=free_slug(Album, f"{folder.start:%Y-%m-%d}-{slug(folder.title, limit=80)}"),
        day=folder.start.date(),
        place=folder.place,
    )
    act = write_act(folder, names, album, at=at)
    photos = take_photos(folder, album, by=by, at=at, stored=stored)
    bulletin = Bulletin(
        act=act,
        album=album,
        department=names.department,
        go_live_at=folder.embargo if folder.embargo and folder.embargo > at else None,
        channels=names.channels,
        slug=free_slug(Bulletin, f"{folder.start:%Y-%m-%d}-{slug(folder.title, limit=60)}"),
        live=False,
        owner=by,
    )
    fill(bulletin, folder, photos)
    bulletin.topics = names.topics
    bulletin.localities = names.localities
    BulletinIndex.objects.get().add_child(instance=bulletin)
    return bulletin, tuple(name for name, photo in photos.items() if not photo.may_go_out)


def write_act(folder: Folder, names: Names, album: Album, *, at: datetime) -> Act:
    """The act, taken from the agenda when it was already there."""
    act = next(
        (
            known
            for known in Act.objects.filter(department=names.department, start=folder.start, album=None)
            if fold(known.title) == fold(folder.title)
        ),
        None,
    )
    if act is None:
        act = Act(
            title=folder.title,
            slug=free_slug(Act, f"{folder.start:%Y-%m-%d}-{slug(folder.title, limit=80)}"),
            start=folder.start,
            department=names.department,
            # An act first heard of in an embargoed folder would tell what the embargo hides.
            public_from=folder.embargo if folder.embargo and folder.embargo > at else None,
        )
    act.end, act.place, act.kind, act.album = folder.end or act.end, folder.place, names.kind, album
    act.save()
    act.topics.set(names.topics)
    act.localities.set(names.localities)
    act.save()
    due = [Product.BULLETIN, *([Product.PHOTOS] if folder.photos else [])]
    for product in due:
        Coverage.objects.get_or_create(act=act, product=product)
    return act


def take_photos(
    folder: Folder, album: Album, *, by: User | None, at: datetime, stored: list[str]
) -> dict[str, Photo]:
    """Every photo of the folder, by file name, in order; ``stored`` learns which originals are new on the disk."""
    taken: dict[str, Photo] = {}
    there = set(Photo.objects.filter(album=album).values_list("file", flat=True))
    for position, note in enumerate(folder.photos):
        photo = library.ingest(
            note.path,
            album=album,
            by=by,
            at=at,
            name=note.path.name,
            position=position,
            words=Metadata(
                caption=note.caption, alt_text=note.alt_text, credit=note.credit, place=folder.place
            ),
        )
        if photo.file.name not in there:
            stored.append(photo.file.name)
        taken[note.path.name] = photo
    return taken


def reword(folder: Folder, photos: dict[str, Photo]) -> bool:
    """Give photos that were there already what the folder says of them now; whether that changed any.

    What the folder leaves empty stays: it may have come from the file itself, or from the desk.
    """
    seen: set[int] = set()
    changed = False
    for note in folder.photos:
        photo = photos.get(note.path.name)
        if photo is None or photo.pk in seen:
            continue
        seen.add(photo.pk)
        said = {"caption": note.caption, "alt_text": note.alt_text, "credit": note.credit}
        new = {field: words for field, words in said.items() if words and words != getattr(photo, field)}
        if new:
            for field, words in new.items():
                setattr(photo, field, words)
            library.ask_for_copies(photo)  # they carry these words inside
            photo.save()
            changed = True
    return changed


def fill(bulletin: Bulletin, folder: Folder, photos: dict[str, Photo]) -> None:
    """The words of the folder into the bulletin."""
    bulletin.title = folder.title
    bulletin.second_headline = folder.subtitle
    bulletin.lead = folder.lead
    bulletin.contact = folder.contact
    bulletin.easy_reading = folder.easy_reading or bulletin.easy_reading  # one written on the desk stays
    bulletin.body = stream(folder.body, photos)
    bulletin.cover = next((photo for photo in photos.values() if photo.may_go_out), None)


def stream(blocks: Sequence[tuple[str, Any]], photos: dict[str, Photo]) -> Any:
    """StreamField data; a photo that may not go out is left out of the text too."""
    data: list[dict[str, Any]] = []
    for kind, value in blocks:
        if kind == "photo":
            photo = photos[value]
            if photo.may_go_out:
                data.append({"type": "photo", "value": {"photo": photo.pk}})
        else:
            data.append({"type": kind, "value": value})
    return Bulletin._meta.get_field("body").stream_block.to_python(data)


def free_slug(model: type[models.Model], wanted: str) -> str:
    """``wanted``, or the first of wanted-2, wanted-3… that nobody has."""
    taken = set(model._default_manager.filter(slug__startswith=wanted).values_list("slug", flat=True))
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, 10_000) if (name := f"{wanted}-{number}") not in taken)
