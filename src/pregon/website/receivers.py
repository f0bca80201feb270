"""What happens below, heard here: each change marks the pages that show it, in the same transaction.

What stops being public is taken down the moment that transaction is over, without waiting for a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.signals import page_slug_changed, page_unpublished

from pregon.accounts.models import DaysOff, Department, Locality, Office, Topic
from pregon.agenda.models import Act, Coverage
from pregon.alerts.briefs import banners
from pregon.alerts.models import Alert, ExtraordinaryMessage
from pregon.alerts.signals import alert_changed
from pregon.core.visibility import may_see, visible
from pregon.delivery.models import ChannelAccount, Subscriber
from pregon.library.models import Album, Photo
from pregon.library.signals import photo_ready
from pregon.newsroom import actions as newsroom
from pregon.newsroom.enums import LiveEvent
from pregon.newsroom.models import PIECES, Bulletin, LiveBlog, LivePost, Piece
from pregon.newsroom.signals import bulletin_changed, live_changed, piece_changed
from pregon.plan.models import Activity, Capture, Deviation, Indicator, Input, Plan, Programme, Seal
from pregon.website import actions as website
from pregon.website import live, queries
from pregon.website.models import NewsMonth

M = TypeVar("M", bound=Model)
Receiver = Callable[..., None]
PlanPart = Programme | Indicator | Activity | Input
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
            piece_moved, sender=kind, dispatch_uid=f"pregon.website.moved.{kind.__name__}"
        )
    live_changed.connect(live_did, sender=LiveBlog, dispatch_uid="pregon.website.live")
    photo_ready.connect(photo_did, dispatch_uid="pregon.website.photo")
    photo_ready.connect(photo_in_post, dispatch_uid="pregon.website.live")
    alert_changed.connect(alert_did, dispatch_uid="pregon.website.alert")
    hear(Photo, before=photo_about_to_change, saved=photo_saved, leaving=photo_deleted)
    hear(get_document_model(), saved=document_saved, leaving=document_leaving)
    hear(Act, before=act_about_to_change, saved=act_did, leaving=act_deleted)
    hear(Coverage, saved=coverage_did, gone=coverage_did)
    hear(Album, before=album_about_to_change, saved=album_saved, leaving=album_saved)
    hear(ExtraordinaryMessage, saved=message_saved)
    hear(Plan, before=plan_about_to_change, saved=plan_saved, leaving=plan_comes_or_goes)
    for part in (Programme, Indicator, Activity, Input):
        hear(part, before=plan_part_about_to_change, saved=plan_part_saved, leaving=plan_part_saved)
    hear(Seal, saved=seal_saved)
    hear(DaysOff, saved=days_off_changed, gone=days_off_changed)
    hear(Capture, saved=capture_saved, leaving=capture_saved)
    hear(Deviation, saved=said_of_a_line, leaving=said_of_a_line)
    hear(ChannelAccount, saved=channel_saved)
    hear(Subscriber, saved=subscriber_saved, gone=subscriber_saved)
    hear(Office, saved=face_saved)
    for named in (Topic, Department, Locality):
        hear(named, before=name_about_to_change, saved=name_saved, leaving=name_leaving)


def hear(
    model: type[Model],
    *,
    before: Receiver | None = None,
    saved: Receiver | None = None,
    leaving: Receiver | None = None,
    gone: Receiver | None = None,
) -> None:
    """Have what happens to rows of ``model`` told: before a change, after it, before a row goes, when it is gone."""
    told = ((pre_save, before), (post_save, saved), (pre_delete, leaving), (post_delete, gone))
    for signal, receiver in told:
        if receiver:
            signal.connect(receiver, sender=model, dispatch_uid=f"pregon.website.{model.__name__}")


def refresh(paths: list[str], *, at: datetime, hidden: str = "") -> None:
    """Make ``paths`` due; when the page ``hidden`` is public no longer, take them all down as well."""
    website.mark(paths, at=at)
    if hidden:
        transaction.on_commit(partial(website.take_down, paths, at=at, gone=hidden))


def refresh_page(page: Bulletin | Piece, paths: list[str], *, at: datetime, public: bool) -> None:
    """A new page is told in turn. What one said before it was corrected or taken back, nothing says any longer."""
    if public and page.first_published_at == page.last_published_at:
        website.mark_in_turn(paths, at=at)
    else:
        refresh(paths, at=at, hidden="" if public else page.get_absolute_url())


# --- Bulletins ----------------------------------------------------------------------------------------------


def bulletin_did(sender: Any, bulletin: Bulletin, at: datetime, **kwargs: Any) -> None:
    public = may_see(bulletin, at=at)
    refresh_page(bulletin, queries.paths_of_bulletin(bulletin), at=at, public=public)
    if public and bulletin.first_published_at == bulletin.last_published_at:
        news = {"url": bulletin.get_absolute_url(), "title": bulletin.title}
        website.tell([live.SITE], "news", news, at=at)


def page_left(sender: Any, instance: Bulletin, **kwargs: Any) -> None:
    refresh(queries.paths_of_bulletin(instance), at=timezone.now(), hidden=instance.get_absolute_url())


def page_deleted(sender: Any, instance: Bulletin, **kwargs: Any) -> None:
    if instance.first_published_at:
        page_left(sender, instance)


def page_moved(sender: Any, instance: Bulletin, instance_before: Bulletin, **kwargs: Any) -> None:
    """From an address at which it was read: the one that a draft has before it is given its number is nobody's."""
    if instance_before.first_published_at and instance_before.number:
        left = instance_before.get_absolute_url()
        refresh([left, *queries.paths_of_bulletin(instance)], at=timezone.now(), hidden=left)


# --- Campaigns, services, recordings ------------------------------------------------------------------------


def piece_did(sender: Any, piece: Piece, at: datetime, **kwargs: Any) -> None:
    refresh_piece(piece, at=at, public=may_see(piece, at=at))


def piece_deleted(sender: Any, instance: Piece, **kwargs: Any) -> None:
    if instance.first_published_at:
        refresh_piece(instance, at=timezone.now(), public=False)


def piece_moved(sender: Any, instance: Piece, instance_before: Piece, **kwargs: Any) -> None:
    if instance_before.first_published_at:
        left = queries.own_paths(type(instance), instance_before.slug)
        refresh(left, at=timezone.now(), hidden=instance_before.get_absolute_url())
        refresh(queries.paths_of_piece(instance), at=timezone.now())


def refresh_piece(piece: Piece, *, at: datetime, public: bool) -> None:
    """Its pages; and every page there is when the first of its kind appears or the last one leaves, for then the links
    to their list do so too."""
    paths = queries.paths_of_piece(piece)
    stays = public and queries.is_known(piece.folder)
    if not stays and not visible(type(piece).objects.exclude(pk=piece.pk), at=at).exists():
        website.mark_everything(at=at)
    paths += queries.plan_paths([type(piece)], piece.first_published_at or at)
    refresh_page(piece, paths, at=at, public=public)


# --- Live coverage ------------------------------------------------------------------------------------------


def live_did(
    sender: Any, blog: LiveBlog, event: LiveEvent, post: LivePost | None, at: datetime, **kwargs: Any
) -> None:
    """Pages that are open are told at once; those that are asked for later are baked anew."""
    website.mark(queries.paths_of_coverage(blog), at=at)
    if event == LiveEvent.STATE:
        counting = queries.plan_paths([LiveBlog], blog.opened_at)
        website.mark_in_turn([*queries.paths_that_name(blog), *counting], at=at)
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
    """While the act is hidden nobody is told: its stream can be heard by whoever knew of it before."""
    if may_see(blog, at=at):
        website.tell([live.stream_of(blog)], kind, data, at=at)


# --- Photos and documents -----------------------------------------------------------------------------------


def photo_did(sender: Any, photo: Photo, at: datetime, **kwargs: Any) -> None:
    if photo.released_at:
        website.mark(queries.paths_of_photo(photo), at=at)


def photo_about_to_change(sender: Any, instance: Photo, raw: bool = False, **kwargs: Any) -> None:
    """The album it leaves shows it no longer."""
    before = as_it_was(instance, raw)
    if before and before.album and before.album_id != instance.album_id and before.released_at:
        website.mark(queries.paths_of_album(before.album), at=timezone.now())
    if not raw and (before is None or counted(before) != counted(instance)):
        recount(*{photo.album for photo in (before, instance) if photo and photo.album})


def photo_saved(sender: Any, instance: Photo, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if not created and not raw:
        photo_did(sender, instance, timezone.now())


def counted(photo: Photo) -> tuple[Any, ...]:
    """What a plan counts of ``photo``: where it is kept, whether it is described and whether it is public."""
    return photo.album_id, bool(photo.alt_text), photo.released_at


def recount(*albums: Album) -> None:
    """The figures of the photo memory follow a while after: two hundred photos come in one after the other."""
    at = timezone.now()
    paths = [path for album in albums for path in queries.plan_paths_of_album(album)]
    website.mark(paths, at=at, due=at + website.REPORTS_FOLLOW)


def photo_deleted(sender: Any, instance: Photo, **kwargs: Any) -> None:
    at = timezone.now()
    if instance.album:
        recount(instance.album)
    if instance.released_at:
        paths = queries.paths_of_photo(instance)
        refresh(paths, at=at, hidden=paths[0])
    for post in queries.posts_with(instance):
        newsroom.lose_photo(post, at=at)  # pages that are open show it, and would until they are left


def document_saved(
    sender: Any,
    instance: Model,
    created: bool,
    raw: bool = False,
    update_fields: frozenset[str] | None = None,
    **kwargs: Any,
) -> None:
    """Wagtail notes the size and the hash of a file when a page first asks for them: that is no change."""
    if not created and not raw and not (update_fields and update_fields <= {"file_size", "file_hash"}):
        website.mark(queries.paths_of_document(instance), at=timezone.now())


def document_leaving(sender: Any, instance: Model, **kwargs: Any) -> None:
    paths = queries.paths_of_document(instance)
    if len(paths) > 1:
        refresh([*paths, *queries.plan_paths_with(instance)], at=timezone.now(), hidden=paths[0])


def album_about_to_change(sender: Any, instance: Album, raw: bool = False, **kwargs: Any) -> None:
    before = as_it_was(instance, raw)
    if before and before.slug != instance.slug:
        website.mark([queries.album_path(before)], at=timezone.now())
    if before and before.day != instance.day:
        recount(before)


def album_saved(sender: Any, instance: Album, **kwargs: Any) -> None:
    at = timezone.now()
    if may_see(instance, at=at):
        website.mark(queries.paths_of_album(instance), at=at)
    recount(instance)


# --- Alerts ------------------------------------------------------------------------------------------------


def alert_did(sender: Any, alert: Alert, at: datetime, **kwargs: Any) -> None:
    """The pages about it and the front page at once, then the banner of every other page, and of those that are open;
    what only waits for its second person is nobody's business yet."""
    if alert.sent:
        moved = queries.plan_paths([Alert], alert.sent, alert.first.sent or alert.sent)
        website.mark_in_turn([*queries.paths_of_alert(alert), *moved], at=at)
        website.mark_everything(at=at)
        website.tell_all("alert", {"alerts": banners(at), "html": live.alert_lines(at)}, at=at)


def message_saved(sender: Any, instance: ExtraordinaryMessage, **kwargs: Any) -> None:
    """A plan counts those whose justification was written in time."""
    website.mark_in_turn(queries.plan_paths([ExtraordinaryMessage], instance.sent_at), at=timezone.now())


# --- Agenda and plan ----------------------------------------------------------------------------------------


def act_about_to_change(sender: Any, instance: Act, raw: bool = False, **kwargs: Any) -> None:
    """The day and the address it had show it no longer; where it is hidden now, nor does anything."""
    before = as_it_was(instance, raw)
    if before:
        left = before.get_absolute_url()
        leaves = left != instance.get_absolute_url() or (before.public and not instance.public)
        refresh(queries.paths_of_act(before), at=timezone.now(), hidden=left if leaves else "")


def act_did(sender: Any, instance: Act, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    at = timezone.now()
    paths = queries.paths_of_act(instance)
    hidden = not created and not may_see(instance, at=at)
    if created:
        website.mark_in_turn(paths, at=at)
    else:
        refresh(paths, at=at, hidden=instance.get_absolute_url() if hidden else "")
    if hidden and (blog := LiveBlog.objects.filter(act=instance).first()):
        website.tell([live.stream_of(blog)], "again", {}, at=at)  # and pages that are open find nothing there
    if instance.public and instance.public_from and instance.public_from > at:
        website.mark_in_turn(paths, at=at, due=instance.public_from)


def act_deleted(sender: Any, instance: Act, **kwargs: Any) -> None:
    refresh(queries.paths_of_act(instance), at=timezone.now(), hidden=instance.get_absolute_url())


def coverage_did(sender: Any, instance: Coverage, **kwargs: Any) -> None:
    counting = queries.plan_paths([Coverage], instance.act.start)
    website.mark_in_turn([queries.HOME, *counting], at=timezone.now())


def plan_about_to_change(sender: Any, instance: Plan, raw: bool = False, **kwargs: Any) -> None:
    before = as_it_was(instance, raw)
    if before and (before.slug, before.year) != (instance.slug, instance.year):
        plan_comes_or_goes(sender, before)
        website.mark(queries.paths_beside_plan(instance), at=timezone.now())


def plan_saved(sender: Any, instance: Plan, created: bool = False, **kwargs: Any) -> None:
    if created:
        plan_comes_or_goes(sender, instance)
    website.mark(queries.paths_of_plan(instance), at=timezone.now())


def plan_comes_or_goes(sender: Any, instance: Plan, **kwargs: Any) -> None:
    paths = [*queries.paths_of_plan(instance), *queries.paths_beside_plan(instance), *queries.SITEMAPS]
    website.mark(paths, at=timezone.now())


def plan_part_about_to_change(sender: Any, instance: PlanPart, raw: bool = False, **kwargs: Any) -> None:
    """A figure with another code has another address."""
    before = as_it_was(instance, raw)
    if isinstance(before, Indicator | Activity):
        website.mark([before.get_absolute_url()], at=timezone.now())


def plan_part_saved(sender: Any, instance: PlanPart, **kwargs: Any) -> None:
    """What a plan promises is shown on all its pages, its reports among them: what people write comes seldom, and they
    look at once. One that goes with its plan leaves none to show it."""
    plan_id = instance.programme.plan_id if isinstance(instance, Input) else instance.plan_id
    if plan := Plan.objects.filter(pk=plan_id).first():
        website.mark(figures_of(plan), at=timezone.now())


def figures_of(plan: Plan) -> list[str]:
    """Its pages but for those that say how its tables are read."""
    how = queries.dictionary_paths(plan)
    return [path for path in queries.paths_of_plan(plan) if path not in how]


def days_off_changed(sender: Any, **kwargs: Any) -> None:
    """What is owed on working days is owed on others now."""
    paths = {path for plan in Plan.objects.all() for path in figures_of(plan)}
    website.mark([queries.HOME, queries.PLANS, *sorted(paths)], at=timezone.now())


def seal_saved(sender: Any, instance: Seal, **kwargs: Any) -> None:
    """A closed month answers what was signed, and an open one its records: its figures stand everywhere."""
    website.mark(figures_of(instance.plan), at=timezone.now())


def said_of_a_line(sender: Any, instance: Capture | Deviation, **kwargs: Any) -> None:
    item = instance.indicator or instance.activity
    if item and (plan := Plan.objects.filter(pk=item.plan_id).first()):
        website.mark(figures_of(plan), at=timezone.now())


def capture_saved(sender: Any, instance: Capture, **kwargs: Any) -> None:
    """A figure that takes the place of another takes its evidence from the site."""
    said_of_a_line(sender, instance)
    website.mark(queries.paths_of_captured(instance), at=timezone.now())


# --- Ways to receive ----------------------------------------------------------------------------------------


def channel_saved(sender: Any, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """Its pace is written down with every batch and concerns nobody outside."""
    if update_fields is None or "mode" in update_fields:
        website.mark([SUBSCRIPTION, THANKS, queries.PUSH_OFFER], at=timezone.now())


def subscriber_saved(sender: Any, instance: Subscriber, **kwargs: Any) -> None:
    """The office's own channels are offered on the page; who reads us is shown on none."""
    if instance.broadcast:
        website.mark([SUBSCRIPTION], at=timezone.now())


# --- What stands on every page ------------------------------------------------------------------------------


def face_saved(sender: Any, **kwargs: Any) -> None:
    """In another zone a bulletin may be of another month too."""
    at = timezone.now()
    website.mark_everything(at=at)
    before = {month.url for month in NewsMonth.objects.all()}
    website.mark(before | queries.months_of_news(at), at=at, bulk=True)


def name_about_to_change(sender: Any, instance: Model, raw: bool = False, **kwargs: Any) -> None:
    before = as_it_was(instance, raw)
    if isinstance(before, Topic) and before.slug != instance.slug:  # type: ignore[attr-defined]  # a topic too
        website.mark([f"/boletines/tema/{before.slug}/"], at=timezone.now())


def name_saved(sender: Any, instance: Model, created: bool = False, **kwargs: Any) -> None:
    at = timezone.now()
    if isinstance(instance, Topic):
        website.mark([f"/boletines/tema/{instance.slug}/"], at=at)
    if isinstance(instance, Topic | Locality):
        website.mark([SUBSCRIPTION], at=at)
    if not created:
        name_leaving(sender, instance)
    elif isinstance(instance, Department):
        website.mark(queries.plan_paths_of_departments(), at=at, bulk=True)


def name_leaving(sender: Any, instance: Model, **kwargs: Any) -> None:
    """It may stand on thousands of pages: news overtakes them."""
    at = timezone.now()
    match instance:
        case Topic():
            website.mark([SUBSCRIPTION], at=at)
            website.mark(queries.paths_of_topic(instance), at=at, bulk=True)
        case Locality():
            website.mark([SUBSCRIPTION], at=at)
            website.mark(queries.paths_of_locality(instance), at=at, bulk=True)
        case Department():
            website.mark(queries.paths_of_department(instance), at=at, bulk=True)
            website.mark(queries.plan_paths_of_departments(), at=at, bulk=True)


def as_it_was(instance: M, raw: bool) -> M | None:
    """The row of ``instance`` before it is written; nothing for a new one, or one that is loaded from a file."""
    if raw or not instance.pk:
        return None
    return type(instance)._default_manager.filter(pk=instance.pk).first()
