"""A live coverage, from its opening to the bulletin that comes out of it.

Every verb ends by telling the floors above, inside its transaction: what readers hear is what is committed. A post
carries the key that was made where it was written, so one that is sent twice is posted once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.html import escape, linebreaks
from django.utils.translation import gettext as _

from pregon.accounts.models import Office, User
from pregon.agenda import actions as agenda
from pregon.agenda.enums import Product
from pregon.agenda.models import Act
from pregon.core.text import sentence, slug
from pregon.core.visibility import may_see
from pregon.library import actions as library
from pregon.library.models import Album, Photo
from pregon.library.values import Metadata
from pregon.newsroom.actions.intake import free_slug
from pregon.newsroom.enums import LIVE_STEPS, LiveEvent, LiveState, PostKind
from pregon.newsroom.errors import (
    EditedMeanwhile,
    LiveOver,
    NotAnnounced,
    NoteNeeded,
    NothingToPost,
    PersonWithoutWords,
    PhotoWithoutWords,
)
from pregon.newsroom.models import Bulletin, BulletinIndex, LiveBlog, LiveChange, LivePost
from pregon.newsroom.signals import live_changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a post says."""

    headline: str = ""
    text: str = ""
    person: str = ""
    video: str = ""

    @classmethod
    def of(cls, post: LivePost) -> Words:
        return cls(**{part.name: getattr(post, part.name) for part in fields(cls)})

    def trimmed(self) -> Words:
        return Words(**{name: said.strip() for name, said in self.parts.items()})

    @property
    def parts(self) -> dict[str, str]:
        return {part.name: getattr(self, part.name) for part in fields(self)}

    def kind(self, *, with_photo: bool) -> PostKind:
        if with_photo:
            return PostKind.PHOTO
        if self.video:
            return PostKind.VIDEO
        return PostKind.QUOTE if self.person else PostKind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A photo as the telephone sends it: the file, what it is called there, and what is seen in it."""

    path: Path
    name: str
    seen: str


# --- The coverage -------------------------------------------------------------------------------------------


@transaction.atomic
def open_live(act: Act, *, by: User | None, at: datetime) -> LiveBlog:
    """Open the live coverage of ``act``; one that is there already is returned as it is."""
    act = Act.objects.select_for_update().get(pk=act.pk)
    if there := LiveBlog.objects.filter(act=act).first():
        return there
    if not may_see(act, at=at):
        raise NotAnnounced
    day = act.start.astimezone(Office.load().zone).date()
    blog = LiveBlog.objects.create(
        act=act,
        title=act.title,
        slug=free_slug(LiveBlog, f"{day:%Y-%m-%d}-{slug(act.title, limit=80)}"),
        opened_at=at,
        opened_by=by,
    )
    tell(blog, LiveEvent.STATE, at=at)
    return blog


def pause(blog: LiveBlog, *, at: datetime) -> LiveBlog:
    """Tell readers that more will come later."""
    return turn(blog, LiveState.PAUSED, at=at)


def resume(blog: LiveBlog, *, at: datetime) -> LiveBlog:
    return turn(blog, LiveState.OPEN, at=at)


@transaction.atomic
def turn(blog: LiveBlog, state: LiveState, *, at: datetime) -> LiveBlog:
    """Two who press the same button are of one mind."""
    blog = held(blog)
    if blog.state == state:
        return blog
    if state not in LIVE_STEPS[LiveState(blog.state)]:
        raise LiveOver
    blog.state = state
    blog.save(update_fields=["state"])
    tell(blog, LiveEvent.STATE, at=at)
    return blog


@transaction.atomic
def pin(blog: LiveBlog, summary: str, *, version: int, at: datetime) -> LiveBlog:
    """Say anew what is essential. ``version`` is that of the summary which the editor had before them."""
    blog = held(blog)
    if blog.is_over:
        raise LiveOver
    if blog.version != version:
        raise EditedMeanwhile
    blog.summary = summary.strip()
    blog.version += 1
    judge(blog, "summary")
    blog.save(update_fields=["summary", "version"])
    tell(blog, LiveEvent.SUMMARY, at=at)
    return blog


@transaction.atomic
def close_live(blog: LiveBlog, *, by: User | None, at: datetime) -> LiveBlog:
    """Close the coverage for good. What was posted becomes the draft of a bulletin, with the album of the act."""
    blog = held(blog)
    if blog.is_over:
        return blog
    blog.state, blog.closed_at = LiveState.CLOSED, at
    if blog.posts.standing().exists():
        blog.bulletin = draft_from(blog, by=by)
        agenda.settle(blog.act, product=Product.LIVE, evidence=blog.get_absolute_url(), at=at)
    blog.save(update_fields=["state", "closed_at", "bulletin"])
    tell(blog, LiveEvent.STATE, at=at)
    return blog


def judge(record: Model, *written: str) -> None:
    """Refuse what people wrote when it does not fit its fields. Raises Django's ``ValidationError``."""
    record.clean_fields(exclude={part.name for part in record._meta.fields} - set(written))


def judge_words(words: Words, *, with_photo: bool) -> None:
    """Refuse a post that shows nothing, and a person who says nothing in it."""
    if not (with_photo or words.headline or words.text or words.video):
        raise NothingToPost
    if words.person and not words.text:
        raise PersonWithoutWords


def held(blog: LiveBlog) -> LiveBlog:
    """``blog`` as it is now, and nobody else's until the transaction ends."""
    return LiveBlog.objects.select_for_update(of=("self",)).select_related("act").get(pk=blog.pk)


def tell(blog: LiveBlog, event: LiveEvent, *, at: datetime, post: LivePost | None = None) -> None:
    live_changed.send(sender=LiveBlog, blog=blog, event=event, post=post, at=at)


# --- Its posts ----------------------------------------------------------------------------------------------


def post(
    blog: LiveBlog,
    words: Words,
    *,
    key: UUID,
    by: User | None,
    at: datetime,
    shot: Shot | None = None,
    written_at: datetime | None = None,
) -> LivePost:
    """Post ``words``, once for each ``key``.

    ``written_at`` is what the telephone's own clock says of when it was written, and is believed as far as it can be
    so: not before the coverage opened, nor after now.
    """
    if there := LivePost.objects.filter(key=key).first():
        return there
    words = words.trimmed()
    if shot and not shot.seen.strip():
        raise PhotoWithoutWords
    judge_words(words, with_photo=shot is not None)
    if LiveBlog.objects.get(pk=blog.pk).is_over:
        raise LiveOver
    made = LivePost(
        blog=blog,
        key=key,
        kind=words.kind(with_photo=shot is not None),
        at=min(max(written_at or at, blog.opened_at), at),
        arrived_at=at,
        by=by,
        **words.parts,
    )
    judge(made, *words.parts)
    made.photo = keep(shot, blog, by=by, at=at) if shot else None
    with transaction.atomic():
        blog = held(blog)
        if there := LivePost.objects.filter(key=key).first():  # its twin came while we stored the photo
            return there
        if blog.is_over:
            raise LiveOver
        made.blog = blog
        made.save()
        if made.photo:
            library.release(Photo.objects.filter(pk=made.photo.pk), at=at)
        tell(blog, LiveEvent.POST, post=made, at=at)
    return made


def keep(shot: Shot, blog: LiveBlog, *, by: User | None, at: datetime) -> Photo:
    """Take the photo into the album of the act, which begins with it."""
    with transaction.atomic():
        act = Act.objects.select_for_update().get(pk=blog.act_id)
        if act.album is None:
            act.album = Album.objects.create(
                title=act.title,
                slug=free_slug(Album, blog.slug),
                day=act.start.astimezone(Office.load().zone).date(),
                place=act.place,
            )
            act.save()
    return library.ingest(
        shot.path,
        album=act.album,
        by=by,
        at=at,
        name=shot.name,
        position=act.album.photos.count(),
        words=Metadata(alt_text=shot.seen.strip(), place=act.place),
    )


@transaction.atomic
def correct_post(
    posted: LivePost, words: Words, *, note: str, version: int, by: User | None, at: datetime
) -> LivePost:
    """Correct a post in its place. Readers see ``note``; what it said before is kept."""
    blog = held(posted.blog)
    posted = standing(posted, version=version)
    words = words.trimmed()
    if words == Words.of(posted):
        return posted
    judge_words(words, with_photo=posted.photo_id is not None)
    write_down(posted, note, by=by, at=at)
    for name, said in words.parts.items():
        setattr(posted, name, said)
    posted.kind = words.kind(with_photo=posted.photo_id is not None)
    posted.version += 1
    posted.corrected_at = at
    judge(posted, *words.parts)
    posted.save()
    tell(blog, LiveEvent.CORRECTION, post=posted, at=at)
    return posted


@transaction.atomic
def remove_post(posted: LivePost, *, note: str, version: int, by: User | None, at: datetime) -> LivePost:
    """Take a post away; its photo goes with it unless something else shows it. What it said is kept for the record."""
    blog = held(posted.blog)
    posted = standing(posted, version=version)
    write_down(posted, note, by=by, at=at)
    posted.removed_at = at
    posted.version += 1
    posted.save(update_fields=["removed_at", "version"])
    if posted.photo_id:
        library.retract(photos_only_here(posted))
    tell(blog, LiveEvent.REMOVAL, post=posted, at=at)
    return posted


@transaction.atomic
def lose_photo(posted: LivePost, *, at: datetime) -> LivePost:
    """Show the post without its photo, which is being deleted. One that was nothing else goes with it."""
    blog = held(posted.blog)
    posted.photo = None
    posted.version += 1
    words = Words.of(posted)
    if words.headline or words.text or words.video:
        event, posted.kind = LiveEvent.CORRECTION, words.kind(with_photo=False)
    else:
        event, posted.removed_at = LiveEvent.REMOVAL, at
    posted.save(update_fields=["photo", "version", "kind", "removed_at"])
    tell(blog, event, post=posted, at=at)
    return posted


def standing(posted: LivePost, *, version: int) -> LivePost:
    posted = LivePost.objects.select_for_update(of=("self",)).get(pk=posted.pk)
    if posted.version != version or posted.removed_at:
        raise EditedMeanwhile
    return posted


def write_down(posted: LivePost, note: str, *, by: User | None, at: datetime) -> None:
    if not note.strip():
        raise NoteNeeded
    before: Mapping[str, Any] = Words.of(posted).parts | {"photo": posted.photo_id}
    change = LiveChange(post=posted, at=at, by=by, note=note.strip(), before=before)
    judge(change, "note")
    change.save()


def photos_only_here(posted: LivePost) -> Any:
    """The photo of ``posted``, unless another post or a bulletin went out with it."""
    elsewhere = LivePost.objects.standing().filter(photo=posted.photo_id).exists()
    album = posted.photo.album_id if posted.photo else None
    bulletins = Bulletin.objects.issued().filter(withdrawn_at__isnull=True)
    shown = bulletins.filter(album_id=album).exists() if album else False
    shown = shown or bulletins.filter(cover=posted.photo_id).exists()
    return Photo.objects.none() if elsewhere or shown else Photo.objects.filter(pk=posted.photo_id)


# --- What becomes of it -------------------------------------------------------------------------------------


def draft_from(blog: LiveBlog, *, by: User | None) -> Bulletin:
    """A bulletin that tells in order what the posts told, for somebody to make shorter."""
    act = blog.act
    act.refresh_from_db()
    posts = list(blog.posts.standing().select_related("photo").order_by("at", "pk"))
    first = next((said.text or said.headline for said in posts if said.text or said.headline), blog.title)
    bulletin = Bulletin(
        title=blog.title,
        lead=" ".join(map(sentence, blog.points)) or first,
        act=act,
        album=act.album,
        cover=next((said.photo for said in posts if said.photo and said.photo.may_go_out), None),
        department=act.department,
        slug=free_slug(Bulletin, blog.slug),
        live=False,
        owner=by,
    )
    data = [{"type": kind, "value": value} for said in posts for kind, value in blocks_of(said)]
    bulletin.body = Bulletin._meta.get_field("body").stream_block.to_python(data)
    bulletin.topics, bulletin.localities = list(act.topics.all()), list(act.localities.all())
    BulletinIndex.objects.get().add_child(instance=bulletin)
    bulletin.save_revision(user=by)
    return bulletin


def blocks_of(posted: LivePost) -> Iterator[tuple[str, Any]]:
    """The building parts of a bulletin's body that say what ``posted`` says."""
    hour = time_format(timezone.localtime(posted.at, Office.load().zone), "G:i")
    yield "heading", f"{hour} · {posted.headline}"[:160] if posted.headline else hour
    if posted.person and posted.text:
        yield "quote", {"text": posted.text, "person": posted.person, "office": ""}
    elif posted.text:
        yield "paragraph", linebreaks(escape(posted.text))
    if posted.photo and posted.photo.may_go_out:
        yield "photo", {"photo": posted.photo.pk}
    if posted.video:
        yield "video", {"url": posted.video, "title": posted.headline or _("Video de la cobertura")}
