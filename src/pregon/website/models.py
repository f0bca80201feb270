"""The root of the public site, a row for each address of it that is kept as a file, the marks that make it due, and
what is told to pages that are open."""

from __future__ import annotations

import secrets
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from pregon.website.enums import Baking

#: The path of a mark that is about every page there is.
EVERY_PAGE = ""


class HomePage(Page):
    """The root of the site; what it shows is gathered by its view and never typed here."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["newsroom.BulletinIndex", "newsroom.PieceIndex"]
    max_count = 1
    preview_modes: ClassVar[list[tuple[str, str]]] = []

    class Meta:
        verbose_name = _("portada")

    def get_absolute_url(self) -> str:
        return "/"


class BakedPageQuerySet(models.QuerySet["BakedPage"]):
    def waiting(self, at: datetime) -> Self:
        """Pages whose moment has come, and those whose baker stopped answering."""
        return self.filter(
            Q(due_at__lte=at) & ~Q(state=Baking.LEASED) | Q(state=Baking.LEASED, lease_until__lte=at)
        )

    def in_turn(self) -> Self:
        """News before a whole edition, addresses that nobody can open yet before those that are only old."""
        return self.order_by("bulk", F("baked_at").asc(nulls_first=True), "due_at", "pk")

    def below(self, prefix: str) -> Self:
        return self.filter(path__startswith=prefix)


class BakedPage(models.Model):
    """One public address that is answered from a file, and when that file has to be made again."""

    path = models.CharField(_("dirección"), max_length=500, unique=True)
    state = models.CharField(_("estado"), max_length=8, choices=Baking, default=Baking.DUE)
    due_at = models.DateTimeField(_("por hornear desde"), null=True, blank=True, db_index=True)
    lease_until = models.DateTimeField(null=True, blank=True, db_index=True)
    #: Grows with every mark and every lease, so that a baker knows whether what it made is still wanted.
    version = models.PositiveBigIntegerField(default=0)
    #: Part of a whole new edition: news overtakes it.
    bulk = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True)
    baked_at = models.DateTimeField(_("horneada"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = BakedPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("página horneada")
        verbose_name_plural = _("páginas horneadas")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=Baking.values), name="baking_state_known"),
            models.CheckConstraint(
                condition=Q(state=Baking.LEASED, lease_until__isnull=False)
                | ~Q(state=Baking.LEASED) & Q(lease_until__isnull=True),
                name="baking_lease_while_leased",
            ),
            models.CheckConstraint(condition=Q(path__startswith="/"), name="baking_path_from_root"),
        ]

    def __str__(self) -> str:
        return self.path


class NewsMonth(models.Model):
    """A local month in which bulletins went out that can be read now.

    The bakers count it when its page becomes due, so that the lists of months cost the same however many bulletins
    an office has.
    """

    first = models.DateField(unique=True)
    bulletins = models.PositiveIntegerField(default=0)
    #: When the last of them came out, or what it says was last changed.
    changed = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mes con boletines")
        verbose_name_plural = _("meses con boletines")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def url(self) -> str:
        return f"/boletines/{self.first:%Y/%m}/"

    @property
    def sitemap(self) -> str:
        return f"/sitemap-{self.first:%Y-%m}.xml"


class PageVersionQuerySet(models.QuerySet["PageVersion"]):
    def at(self, path: str, moment: datetime) -> PageVersion | None:
        """What stood at ``path`` at that moment."""
        stood = self.filter(Q(until=None) | Q(until__gt=moment), path=path, since__lte=moment)
        try:
            return stood.order_by("-since", "-pk").first()
        except OverflowError:  # the last evening of the calendar is in no year of UTC
            return None


class PageVersion(models.Model):
    """What one address said from one moment until another; its page lies in the archive under its digest."""

    path = models.CharField(_("dirección"), max_length=500)
    status = models.PositiveSmallIntegerField(default=200)
    since = models.DateTimeField(_("desde"))
    until = models.DateTimeField(_("hasta"), null=True, blank=True)
    digest = models.CharField(max_length=64, db_index=True)
    #: The digest of what it says, without what every page shows around it.
    meaning = models.CharField(max_length=64)
    size = models.PositiveIntegerField(default=0)
    #: The only one that is left of its day.
    thinned = models.BooleanField(default=False)

    objects = PageVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("versión de una página")
        verbose_name_plural = _("versiones de las páginas")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["path", "since"], name="versions_of_a_page")]
        constraints = [
            models.UniqueConstraint(fields=["path"], condition=Q(until=None), name="one_version_stands"),
            models.CheckConstraint(condition=Q(path__startswith="/"), name="version_path_from_root"),
        ]

    def __str__(self) -> str:
        return f"{self.path} ({self.since:%Y-%m-%d %H:%M})"

    @property
    def gone(self) -> bool:
        """It only said that the page was withdrawn."""
        return self.status == HTTPStatus.GONE


class BakingMark(models.Model):
    """A wish to bake one address anew, or all of them, kept until a baker takes it up.

    It commits with whatever changed. Only ever added: whoever marks waits for nobody, and nobody waits for it.
    """

    path = models.CharField(max_length=500, blank=True, db_index=True)
    due_at = models.DateTimeField()
    #: The moment had not come when it was marked: what lies there may be read until then.
    ahead = models.BooleanField(default=False)
    bulk = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("marca de horneado")
        verbose_name_plural = _("marcas de horneado")
        constraints = [
            models.CheckConstraint(
                condition=Q(path=EVERY_PAGE) | Q(path__startswith="/"), name="baking_mark_from_root"
            )
        ]

    def __str__(self) -> str:
        return self.path


def new_epoch() -> str:
    return secrets.token_hex(4)


class Stream(models.Model):
    """What one kind of page listens to while it is open. ``last`` is the number of its newest telling: its row is
    locked while one is given, so there is neither gap nor double, and the order is that of the commits."""

    name = models.SlugField(max_length=60, unique=True)
    #: Begins anew when the past is no longer what was told, as after bringing back an older backup.
    epoch = models.CharField(max_length=8, default=new_epoch)
    last = models.PositiveBigIntegerField(default=0)
    #: Nothing more is told: pages that are open hear so and ask no longer.
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Broadcast(models.Model):
    """One telling, committed with what it tells."""

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="broadcasts", db_index=False)
    number = models.PositiveBigIntegerField()
    kind = models.SlugField(max_length=20)
    data = models.JSONField()
    at = models.DateTimeField(db_index=True)
    #: Handed to the hub outside this process, where there is one.
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="one_broadcast_per_number"),
        ]
        indexes = [
            models.Index(
                fields=["stream", "number"], condition=Q(posted_at__isnull=True), name="broadcast_to_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream_id}.{self.number}"
