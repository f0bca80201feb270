"""The live coverage of an act: short posts while it happens, each corrected in its place, never in silence."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pregon.agenda.models import Act
from pregon.library.models import Photo
from pregon.newsroom.enums import LiveState, PostKind
from pregon.newsroom.models.bulletins import Bulletin


class LiveBlog(models.Model):
    """What schema.org calls a LiveBlogPosting. It begins open and ends closed, and then it is a bulletin's draft."""

    act = models.OneToOneField(Act, models.PROTECT, verbose_name=_("acto"), related_name="live_blog")
    title = models.CharField(_("título"), max_length=200)
    slug = models.SlugField(_("dirección"), max_length=120, unique=True)
    state = models.CharField(_("estado"), max_length=10, choices=LiveState, default=LiveState.OPEN)
    #: Pinned above the posts, a line for each point.
    summary = models.TextField(_("lo esencial"), blank=True, max_length=1200)
    #: Counts the changes of the summary, so that of two editors the later one hears of the other.
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(_("abierta"))
    closed_at = models.DateTimeField(_("cerrada"), null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        verbose_name=_("quién la abrió"),
        related_name="+",
    )
    bulletin = models.OneToOneField(
        Bulletin,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("boletín"),
        related_name="live_blog",
    )

    class Meta:
        verbose_name = _("minuto a minuto")
        verbose_name_plural = _("minuto a minuto")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LiveState.values), name="live_state_known"),
            models.CheckConstraint(
                condition=Q(state=LiveState.CLOSED, closed_at__isnull=False)
                | ~Q(state=LiveState.CLOSED) & Q(closed_at__isnull=True),
                name="live_closed_with_hour",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state == LiveState.CLOSED

    @property
    def points(self) -> list[str]:
        """What is essential, point by point."""
        return [line.strip(" \t-•") for line in self.summary.splitlines() if line.strip(" \t-•")]

    def get_absolute_url(self) -> str:
        return f"/en-vivo/{self.slug}/"


class LivePostQuerySet(models.QuerySet["LivePost"]):
    def standing(self) -> Self:
        return self.filter(removed_at__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class LivePost(models.Model):
    """One post. Its key was made where it was written, so that however often it is sent it is posted once."""

    blog = models.ForeignKey(LiveBlog, models.CASCADE, related_name="posts")
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    kind = models.CharField(_("tipo"), max_length=6, choices=PostKind, default=PostKind.TEXT)
    headline = models.CharField(_("título"), max_length=160, blank=True)
    text = models.TextField(_("texto"), blank=True, max_length=2000)
    person = models.CharField(_("quién lo dijo"), max_length=160, blank=True)
    video = models.URLField(_("dirección del video"), blank=True, max_length=500)
    photo = models.ForeignKey(Photo, models.SET_NULL, null=True, blank=True, related_name="+")
    #: When it was written, which for a telephone without signal is earlier than it arrived.
    at = models.DateTimeField(_("hora"))
    arrived_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("quién"), related_name="+"
    )
    #: Counts what readers have seen of it.
    version = models.PositiveIntegerField(default=1)
    corrected_at = models.DateTimeField(_("corregida"), null=True, blank=True)
    removed_at = models.DateTimeField(_("quitada"), null=True, blank=True)

    objects = LivePostQuerySet.as_manager()

    class Meta:
        verbose_name = _("publicación")
        verbose_name_plural = _("publicaciones")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["blog", "-at", "-id"], name="live_posts_in_order")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PostKind.values), name="live_post_kind_known"),
        ]

    def __str__(self) -> str:
        return self.headline or self.text[:60]

    @property
    def origin(self) -> str:
        """Its place in the page, to which one may link."""
        return f"p{self.pk}"

    @property
    def correction(self) -> str:
        """What its last correction says of itself."""
        last = self.changes.order_by("-at", "-pk").first() if self.corrected_at else None
        return last.note if last else ""


class LiveChange(models.Model):
    """A correction or a removal: what the post said before, and what readers are told of it."""

    post = models.ForeignKey(LivePost, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(_("qué cambió"), max_length=300)
    before = models.JSONField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.note
