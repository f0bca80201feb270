"""What happens below, heard here: each change marks the pages that show it, in the same transaction.

What stops being public is taken down the moment that transaction is over, without waiting for a worker.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.utils import timezone
from wagtail.signals import page_slug_changed, page_unpublished

from pregon.accounts.models import Department, Locality, Office, Topic
from pregon.agenda.models import Act, Coverage
from pregon.core.visibility import may_see, visible
from pregon.delivery.models import ChannelAccount, Subscriber
from pregon.library.models import Album, Photo
from pregon.library.signals import photo_ready
from pregon.newsroom.enums import LiveEvent
from pregon.newsroom.models import PIECES, Bulletin, LiveBlog, LivePost, Piece
from pregon.newsroom.signals import bulletin_changed, live_changed, piece_changed
from pregon.plan.models import Activity, Indicator, Plan, Programme
from pregon.website import actions as website
from pregon.website import live, queries

SUBSCRIPTION, THANKS = "/suscripcion/", "/suscripcion/gracias/"


def connect() -> None:
    """Listen to the floors below."""
    bulletin_changed.connect(bulletin_did, dispatch_uid="pregon.website.bulletin")
    page_unpublished.connect(page_left, sender=Bulletin, dispatch_uid="pregon.website.unpublished")
    pre_delete.connect(page_deleted, sender=Bulletin, dispatch_uid="pregon.website.deleted")
    page_slug_changed.connect(page_moved, sender=Bulletin, dispatch_uid="pregon.website.moved")
    piece_changed.connect(piece_did, dispatch_uid="pregon.website.piece")
    for kind in PIECES:
        pre_delete.connect(piece_deleted, sender=kind, dispatch_uid=f"pregon.website.deleted.{kind.__name__}")
        page_slug_changed.connect(
            page_moved, sender=kind, dispatch_uid=f"pregon.website.moved.{kind.__name__}"
        )
    live_changed.connect(live_did, sender=LiveBlog, dispatch_uid="pregon.website.live")
    photo_ready.connect(photo_did, dispatch_uid="pregon.website.photo")
    photo_ready.connect(photo_in_post, dispatch_uid="pregon.website.live")
    post_save.connect(photo_saved, sender=Photo, dispatch_uid="pregon.website.photo")
    pre_delete.connect(photo_deleted, sender=Photo, dispatch_uid="pregon.website.photo")
    pre_save.connect(act_about_to_change, sender=Act, dispatch_uid="pregon.website.act")
    post_save.connect(act_did, sender=Act, dispatch_uid="pregon.website.act")
    pre_delete.connect(act_deleted, sender=Act, dispatch_uid="pregon.website.act")
    post_save.connect(coverage_did, sender=Coverage, dispatch_uid="pregon.website.coverage")
    post_save.connect(album_saved, sender=Album, dispatch_uid="pregon.website.album")
    pre_delete.connect(album_saved, sender=Album, dispatch_uid="pregon.website.album")
    post_save.connect(plan_saved, sender=Plan, dispatch_uid="pregon.website.plan")
    for piece in (Programme, Indicator, Activity):
        post_save.connect(piece_saved, sender=piece, dispatch_uid=f"pregon.website.{piece.__name__}")
        post_delete.connect(piece_saved, sender=piece, dispatch_uid=f"pregon.website.{piece.__name__}")
    post_save.connect(channel_saved, sender=ChannelAccount, dispatch_uid="pregon.website.channel")
    post_save.connect(subscriber_saved, sender=Subscriber, dispatch_uid="pregon.website.subscriber")
    post_delete.connect(subscriber_saved, sender=Subscriber, dispatch_uid="pregon.website.subscriber")
    post_save.connect(face_saved, sender=Office, dispatch_uid="pregon.website.face")
    for named in (Topic, Department, Locality):
        post_save.connect(name_saved, sender=named, dispatch_uid=f"pregon.website.{named.__name__}")
        post_delete.connect(name_saved, sender=named, dispatch_uid=f"pregon.website.{named.__name__}")


def refresh(paths: list[str], *, at: datetime, hidden: str = "") -> None:
    """Make ``paths`` due; when the page ``hidden`` is public no longer, take them all down as well."""
    website.mark(paths, at=at)
    if hidden:
        transaction.on_commit(partial(website.take_down, paths, at=at, gone=hidden))


# --- Bulletins ----------------------------------------------------------------------------------------------


def bulletin_did(sender: Any, bulletin: Bulletin, at: datetime, **kwargs: Any) -> None:
    hidden = "" if may_see(bulletin, at=at) else bulletin.get_absolute_url()
    refresh(queries.paths_of_bulletin(bulletin), at=at, hidden=hidden)
    website.mark(queries.archive_paths(), at=at, bulk=True)
    if not hidden and bulletin.first_published_at == bulletin.last_published_at:
        news = {"url": bulletin.get_absolute_url(), "title": bulletin.title}
        website.tell([live.SITE], "news", news, at=at)


def page_left(sender: Any, instance: Bulletin, **kwargs: Any) -> None:
    refresh(queries.paths_of_bulletin(instance), at=timezone.now(), hidden=instance.get_absolute_url())


def page_deleted(sender: Any, instance: Bulletin, **kwargs: Any) -> None:
    if instance.first_published_at:
        page_left(sender, instance)


def page_moved(sender: Any, instance: Any, instance_before: Any, **kwargs: Any) -> None:
    if instance_before.first_published_at:
        left = instance_before.get_absolute_url()
        refresh([left], at=timezone.now(), hidden=left)


# --- Campaigns, services, recordings ------------------------------------------------------------------------


def piece_did(sender: Any, piece: Piece, at: datetime, **kwargs: Any) -> None:
    refresh_piece(piece, at=at, public=may_see(piece, at=at))


def piece_deleted(sender: Any, instance: Piece, **kwargs: Any) -> None:
    if instance.first_published_at:
        refresh_piece(instance, at=timezone.now(), public=False)


def refresh_piece(piece: Piece, *, at: datetime, public: bool) -> None:
    """Its pages; and every page there is when the first of its kind appears or the last one leaves, for then the links
    to their list do so too."""
    paths, page = queries.paths_of_piece(piece), piece.get_absolute_url()
    others = visible(type(piece).objects.exclude(pk=piece.pk), at=at)
    if public != queries.is_baked(page) and not others.exists():
        website.mark_everything(at=at)
    refresh(paths, at=at, hidden="" if public else page)


# --- Live coverage ------------------------------------------------------------------------------------------


def live_did(
    sender: Any, blog: LiveBlog, event: LiveEvent, post: LivePost | None, at: datetime, **kwargs: Any
) -> None:
    """Pages that are open are told at once; those that are asked for later are baked anew."""
    website.mark(queries.paths_of_coverage(blog), at=at)
    if event == LiveEvent.STATE:
        website.mark(queries.paths_that_name(blog), at=at)
        tell_readers(blog, "state", live.state_of(blog), at=at)
    elif event == LiveEvent.SUMMARY:
        tell_readers(blog, "summary", {"html": live.summary_of(blog)}, at=at)
    elif post:
        tell_readers(blog, "post", told(post, at=at), at=at)
    if event == LiveEvent.REMOVAL and post:
        gone = queries.paths_of_coverage(blog)
        gone += [queries.photo_path(post.photo.public_id)] if post.photo else []
        transaction.on_commit(partial(website.take_down, gone, at=at))
    if blog.is_over:
        website.close_stream(live.stream_of(blog), at=at)


def photo_in_post(sender: Any, photo: Photo, at: datetime, **kwargs: Any) -> None:
    """The words of a post went out at once; its photo follows when its copies are made."""
    posts = [post for post in queries.posts_with(photo) if not post.blog.is_over]
    if posts:
        website.bake(queries.photo_path(photo.public_id), at=at)  # whoever hears of it asks for it at once
    for post in posts:
        tell_readers(post.blog, "post", told(post, at=at), at=at)


def told(post: LivePost, *, at: datetime) -> dict[str, Any]:
    [ready] = live.shown([post], at=at)
    return ready.told


def tell_readers(blog: LiveBlog, kind: str, data: dict[str, Any], *, at: datetime) -> None:
    website.tell([live.stream_of(blog)], kind, data, at=at)


# --- Photos -------------------------------------------------------------------------------------------------


def photo_did(sender: Any, photo: Photo, at: datetime, **kwargs: Any) -> None:
    if photo.released_at:
        website.mark(queries.paths_of_photo(photo), at=at)


def photo_saved(sender: Any, instance: Photo, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if not created and not raw:
        photo_did(sender, instance, timezone.now())


def photo_deleted(sender: Any, instance: Photo, **kwargs: Any) -> None:
    if instance.released_at:
        paths = queries.paths_of_photo(instance)
        refresh(paths, at=timezone.now(), hidden=paths[0])


def album_saved(sender: Any, instance: Album, **kwargs: Any) -> None:
    at = timezone.now()
    if may_see(instance, at=at):
        website.mark(queries.paths_of_album(instance), at=at)


# --- Agenda and plan ----------------------------------------------------------------------------------------


def act_about_to_change(sender: Any, instance: Act, raw: bool = False, **kwargs: Any) -> None:
    """The day and the address it had show it no longer."""
    before = Act.objects.filter(pk=instance.pk).first() if instance.pk and not raw else None
    if before:
        left = before.get_absolute_url()
        moved = left != instance.get_absolute_url()
        refresh(queries.paths_of_act(before), at=timezone.now(), hidden=left if moved else "")


def act_did(sender: Any, instance: Act, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    at = timezone.now()
    paths = queries.paths_of_act(instance)
    hidden = not created and not may_see(instance, at=at)
    refresh(paths, at=at, hidden=instance.get_absolute_url() if hidden else "")
    if instance.public and instance.public_from and instance.public_from > at:
        website.mark(paths, at=at, due=instance.public_from)


def act_deleted(sender: Any, instance: Act, **kwargs: Any) -> None:
    refresh(queries.paths_of_act(instance), at=timezone.now(), hidden=instance.get_absolute_url())


def coverage_did(sender: Any, instance: Coverage, **kwargs: Any) -> None:
    website.mark([queries.HOME, *queries.plan_paths()], at=timezone.now())


def plan_saved(sender: Any, instance: Plan, **kwargs: Any) -> None:
    website.mark(queries.paths_of_plan(instance), at=timezone.now())


def piece_saved(sender: Any, instance: Programme | Indicator | Activity, **kwargs: Any) -> None:
    """What a plan promises is shown on all its pages; one that goes with its plan leaves none to show it."""
    if plan := Plan.objects.filter(pk=instance.plan_id).first():
        plan_saved(sender, plan)


# --- Ways to receive ----------------------------------------------------------------------------------------


def channel_saved(sender: Any, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """Its pace is written down with every batch and concerns nobody outside."""
    if update_fields is None or "mode" in update_fields:
        website.mark([SUBSCRIPTION, THANKS], at=timezone.now())


def subscriber_saved(sender: Any, instance: Subscriber, **kwargs: Any) -> None:
    """The office's own channels are offered on the page; who reads us is shown on none."""
    if instance.broadcast:
        website.mark([SUBSCRIPTION], at=timezone.now())


# --- What stands on every page ------------------------------------------------------------------------------


def face_saved(sender: Any, **kwargs: Any) -> None:
    website.mark_everything(at=timezone.now())


def name_saved(sender: Any, instance: Model, created: bool = False, **kwargs: Any) -> None:
    at = timezone.now()
    if isinstance(instance, Topic):
        website.mark([f"/boletines/tema/{instance.slug}/"], at=at)
    website.mark([SUBSCRIPTION, queries.LATEST], at=at)
    if not created:
        website.mark_everything(at=at)
