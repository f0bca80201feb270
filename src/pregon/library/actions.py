"""Verbs of the photo memory: take a photo in whole, make its copies, let it out, take it back."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from uuid import uuid4

from django.contrib.auth.models import Group, Permission
from django.core.files import File
from django.db import connection, transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection, GroupCollectionPermission

from pregon.accounts.enums import Role
from pregon.accounts.models import Office, User
from pregon.core.errors import PregonError
from pregon.core.files import safe_name
from pregon.core.work import Lane, ring
from pregon.library import developing, reading
from pregon.library.enums import Development
from pregon.library.errors import LibraryError
from pregon.library.models import Album, Photo, PhotoQuerySet
from pregon.library.queries import folder_of
from pregon.library.values import Facts, Metadata

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
ATTEMPTS = 3
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "TIFF": "tif", "HEIC": "heic"}
NOTHING = Metadata()
#: Wagtail lets people at files by collection and under the names of its own models, whatever ours are called.
KEEPERS = (Role.HEAD, Role.EDITOR, Role.PHOTOGRAPHER, Role.DESIGNER)
KEEPING = {
    f"{verb}_{file}": app
    for app, file in (("wagtailimages", "image"), ("wagtaildocs", "document"))
    for verb in ("add", "change", "choose")
}

# --- Who keeps it -------------------------------------------------------------------------------------------


@transaction.atomic
def ensure_collection_permissions() -> None:
    """The roles that make pieces upload, choose and describe photos and documents. Permissions given by hand stay."""
    everything = Collection.get_first_root_node()
    for role in KEEPERS:
        group, _new = Group.objects.get_or_create(name=role.value)
        for codename, app in KEEPING.items():
            permission = Permission.objects.get(content_type__app_label=app, codename=codename)
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=everything, permission=permission
            )


# --- Taking in ----------------------------------------------------------------------------------------------


def ingest(
    path: Path,
    *,
    album: Album | None,
    by: User | None,
    at: datetime,
    name: str = "",
    position: int = 0,
    words: Metadata = NOTHING,
) -> Photo:
    """Store the file at ``path`` whole and as it came; its copies are then due.

    ``words`` are the caller's and win; what they leave empty is taken from the file, then from the album. The
    very same file in the same album is not stored twice: the photo that is there is returned as it is.
    """
    called = name or path.name
    facts = reading.inspect(path, name=called)
    if there := _twin(album, facts):
        return there
    photo = Photo(album=album, position=position, uploaded_by_user=by)
    photo.title = words.headline or reading.clean(PurePath(called).stem.replace("_", " ")) or _("Foto")
    for field in ("caption", "alt_text", "credit", "place", "taken_at"):
        setattr(photo, field, getattr(words, field))
    metadata = reading.read_file(path, zone=Office.load().zone)
    if metadata.headline and not words.headline:
        photo.title = metadata.headline
    describe(photo, facts=facts, metadata=metadata, at=at)
    keep_original(photo, path, called=called, facts=facts)
    try:
        with transaction.atomic():
            if album is not None:
                Album.objects.select_for_update().get(pk=album.pk)
            there = _twin(album, facts)
            if there is None:
                photo.save()
                ring(Lane.PHOTOS)
    except BaseException:
        photo.file.delete(save=False)
        raise
    if there is not None:
        photo.file.delete(save=False)
        return there
    logger.info("Photo taken in", extra={"photo": photo.pk, "bytes": facts.bytes, "format": facts.format})
    return photo


def keep_original(photo: Photo, path: Path, *, called: str, facts: Facts) -> None:
    """Store the file of an unsaved photo.

    Its size is written down here, because the field would decode the whole picture to learn it.
    """
    # The extension is that of the content, so that no name can make a server mistake the type.
    stem = PurePath(safe_name(called)).stem
    # A name that nobody else can have, so that what a full disk left half-written may be taken away again.
    name = photo.get_upload_to(f"{stem[:60]}-{uuid4().hex[:12]}.{EXTENSIONS[facts.format]}")
    storage = photo.file.storage
    try:
        with path.open("rb") as stream:
            photo.file.name = storage.save(name, File(stream))
    except BaseException:
        storage.delete(name)
        raise
    photo.width, photo.height = facts.width, facts.height


def take_note(photo: Photo, *, at: datetime) -> None:
    """Read what the file of ``photo`` is and says, before the row is saved; for what arrives by a form."""
    with photo.open_file() as stream:
        facts = reading.examine(stream, name=PurePath(photo.file.name).name)
        stream.seek(0)
        metadata = reading.read(stream, zone=Office.load().zone)
        stream.seek(0)
    describe(photo, facts=facts, metadata=metadata, at=at)


def describe(photo: Photo, *, facts: Facts, metadata: Metadata, at: datetime) -> None:
    """Fill what nobody has written yet, and ask for new copies."""
    photo.caption = photo.caption or metadata.caption
    photo.alt_text = photo.alt_text or metadata.alt_text
    photo.credit = photo.credit or metadata.credit
    photo.place = photo.place or metadata.place
    if photo.album:
        photo.credit = photo.credit or photo.album.credit
        photo.place = photo.place or photo.album.place
    if photo.taken_at is None and metadata.taken_at and metadata.taken_at <= at + timedelta(days=1):
        photo.taken_at = metadata.taken_at  # a photo from the future comes from a clock that was never set
    for field in ("title", "caption", "alt_text", "credit", "place"):
        limit = Photo._meta.get_field(field).max_length
        setattr(photo, field, getattr(photo, field)[:limit])
    photo.digest, photo.file_size = facts.digest, facts.bytes
    ask_for_copies(photo)


def ask_for_copies(photo: Photo) -> None:
    """Mark the copies as due on an unsaved change: what they carry inside is no longer what the row says."""
    photo.development = Development.DUE
    photo.attempts, photo.lease_until = 0, None


def _twin(album: Album | None, facts: Facts) -> Photo | None:
    if album is None:
        return None
    twin: Photo | None = Photo.objects.filter(album=album, digest=facts.digest).first()
    return twin


# --- Letting out --------------------------------------------------------------------------------------------


def release(photos: PhotoQuerySet, *, at: datetime) -> int:
    """Let out those photos that have words for whoever cannot see them; returns how many went out now."""
    released: int = photos.filter(released_at=None).exclude(alt_text="", caption="").update(released_at=at)
    return released


def retract(photos: PhotoQuerySet) -> int:
    """Take photos back; returns how many were out."""
    retracted: int = photos.filter(released_at__isnull=False).update(released_at=None)
    return retracted


# --- Developing ---------------------------------------------------------------------------------------------


def claim_photo(*, at: datetime, lease: timedelta = LEASE) -> Photo | None:
    """Take the next photo whose copies are due, for as long as ``lease``.

    An attempt counts from its claim, so a photo that kills its worker is given up too.
    """
    if not Photo.objects.to_develop(at).exists():
        return None  # told by a read: an idle worker must not take the lock that writers queue for
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        due = Photo.objects.select_for_update(skip_locked=skip).to_develop(at)
        photo: Photo | None = due.filter(attempts__lt=ATTEMPTS).order_by("attempts", "pk").first()
        if photo is None:
            lost = Photo.objects.to_develop(at).filter(attempts__gte=ATTEMPTS)
            lost.update(development=Development.FAILED, lease_until=None)
            return None
        photo.development = Development.LEASED
        photo.lease_until = at + lease
        photo.attempts += 1
        photo.save(update_fields=["development", "lease_until", "attempts"])
    return photo


def develop_photo(photo: Photo, *, at: datetime) -> bool:
    """Make the copies of a claimed photo; whether they are ready.

    A photo that was edited meanwhile, or claimed by another worker after its lease, stays as they left
    it.
    """
    held = Photo.objects.filter(pk=photo.pk, development=Development.LEASED, lease_until=photo.lease_until)
    words = Metadata(
        headline=photo.title,
        caption=photo.caption,
        alt_text=photo.alternative,
        credit=photo.credit,
        place=photo.place,
        taken_at=photo.taken_at,
    )
    try:
        with _on_disk(photo) as original:
            if not photo.digest:  # it came by a way that asked nobody
                reading.inspect(original)
            copies = developing.develop(original, into=folder_of(photo), words=words)
    except (PregonError, OSError) as fault:
        # What the photo itself lacks will lack tomorrow; a disk may have been emptied by then.
        over = photo.attempts >= ATTEMPTS or isinstance(fault, LibraryError)
        # Until then it keeps its lease and waits: a full disk is not emptied in a second.
        held.update(
            development=Development.FAILED if over else Development.LEASED,
            lease_until=None if over else at + LEASE,
        )
        reason = type(fault).__name__
        logger.warning("Photo not developed", extra={"photo": photo.pk, "reason": reason, "over": over})
        return False
    photo.copies = [asdict(copy) for copy in copies]
    done = held.update(development=Development.READY, copies=photo.copies, lease_until=None, attempts=0)
    photo.refresh_from_db(fields=["development", "lease_until", "attempts", "copies"])
    return bool(done)


def redevelop(photos: PhotoQuerySet) -> int:
    """Ask for new copies of photos that failed, or whose making has changed."""
    asked: int = photos.update(development=Development.DUE, lease_until=None, attempts=0)
    return asked


@contextmanager
def _on_disk(photo: Photo) -> Iterator[Path]:
    """The original as a local file: itself, or a passing copy where originals live in an object store."""
    try:
        path = Path(photo.file.path)
    except NotImplementedError:
        with tempfile.NamedTemporaryFile() as passing, photo.open_file() as stream:
            shutil.copyfileobj(stream, passing)
            passing.flush()
            yield Path(passing.name)
    else:
        yield path
