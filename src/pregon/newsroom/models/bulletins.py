"""The bulletin and what may happen to it after it went out: a correction, a withdrawal.

A bulletin is a stock Wagtail page: drafts, history, locks, workflow and scheduled publication are Wagtail's. Its
embargo *is* Wagtail's ``go_live_at``: one hour, kept in one place.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from pregon.accounts.models import Department, Locality, Topic
from pregon.agenda.models import Act
from pregon.core.readability import Readability, read
from pregon.core.text import stems
from pregon.library.models import Album, Photo
from pregon.newsroom.blocks import BodyBlock
from pregon.newsroom.models.public import PublicPage


class BulletinIndex(Page):
    """The shelf that all bulletins stand on. One per site."""

    subpage_types = ["newsroom.Bulletin"]
    max_count = 1
    private_page_options: list[str] = []

    class Meta:
        verbose_name = _("boletines")

    def add_child(self, **kwargs: Any) -> Any:
        """Put a bulletin on the shelf. The tree would give two that come at once the same place on it."""
        with transaction.atomic():
            self.numchild = BulletinIndex.objects.select_for_update().get(pk=self.pk).numchild
            return super().add_child(**kwargs)


class BulletinQuerySet(PageQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-first_published_at", "-pk")  # type: ignore[no-any-return]

    def issued(self) -> Self:
        """Bulletins that carry a number, whatever became of them afterwards."""
        return self.filter(number__isnull=False)  # type: ignore[no-any-return]


BulletinManager = PageManager.from_queryset(BulletinQuerySet)


class Bulletin(PublicPage):
    """A press bulletin. ``title`` is its headline; number and year are given at publication and never again."""

    number = models.PositiveIntegerField(_("número"), null=True, blank=True, editable=False)
    year = models.PositiveIntegerField(_("año"), null=True, blank=True, editable=False)
    second_headline = models.CharField(_("segundo título"), max_length=300, blank=True)
    dateline = models.CharField(
        _("lugar de la fecha"), max_length=120, blank=True, help_text=_("Vacío: el municipio y el estado.")
    )
    lead = models.TextField(_("entrada"), help_text=_("Qué, quién, cuándo, dónde y para qué, en un párrafo."))
    body = StreamField(BodyBlock(), verbose_name=_("cuerpo"), blank=True)
    easy_reading = models.TextField(
        _("lectura fácil"),
        blank=True,
        max_length=2000,
        help_text=_(
            "Lo esencial en frases cortas y palabras de todos los días: una idea por frase, un renglón en blanco "
            "entre ideas. Se lee en la página, junto al texto completo."
        ),
    )
    contact = models.CharField(
        _("contacto"), max_length=200, blank=True, help_text=_("Vacío: el de la oficina.")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name=_("dependencia"),
        null=True,
        blank=True,
        related_name="bulletins",
    )
    act = models.ForeignKey(
        Act, models.SET_NULL, verbose_name=_("acto"), null=True, blank=True, related_name="bulletins"
    )
    album = models.ForeignKey(
        Album, models.SET_NULL, verbose_name=_("álbum"), null=True, blank=True, related_name="bulletins"
    )
    cover = models.ForeignKey(
        Photo, models.SET_NULL, verbose_name=_("foto principal"), null=True, blank=True, related_name="+"
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("temas"), blank=True, related_name="bulletins")
    localities = ParentalManyToManyField(
        Locality, verbose_name=_("localidades"), blank=True, related_name="bulletins"
    )
    #: Kinds of channel it goes out on; empty means every one that is not off.
    channels = models.JSONField(default=list, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("retirado"), null=True, blank=True, editable=False)

    objects = BulletinManager()

    parent_page_types = ["newsroom.BulletinIndex"]
    subpage_types: list[str] = []
    exclude_fields_in_copy = ["number", "year", "withdrawn_at"]
    section = "news"

    search_fields = [
        *Page.search_fields,
        index.SearchField("second_headline"),
        index.SearchField("lead"),
        index.SearchField("body"),
        index.SearchField("easy_reading"),
        index.SearchField("shadow"),
        index.FilterField("withdrawn_at"),
        index.FilterField("year"),
        index.FilterField("department_id"),
    ]

    text_panels = [
        FieldPanel("title", heading=_("Título")),
        FieldPanel("second_headline"),
        FieldPanel("lead"),
        FieldPanel("cover"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("easy_reading"), HelpPanel(template="newsroom/desk/easy_reading.html")],
            heading=_("Lectura fácil"),
            classname="collapsed",
        ),
    ]
    facts_panels = [
        MultiFieldPanel(
            [FieldPanel("act"), FieldPanel("album"), FieldPanel("department")], heading=_("De dónde sale")
        ),
        MultiFieldPanel(
            [
                FieldPanel("topics"),
                FieldPanel("localities"),
                HelpPanel(template="newsroom/desk/reach_link.html"),
            ],
            heading=_("A quién le toca"),
        ),
        MultiFieldPanel([FieldPanel("dateline"), FieldPanel("contact")], heading=_("Firma")),
    ]
    embargo_panels = [
        FieldRowPanel(
            [FieldPanel("go_live_at", heading=_("Embargado hasta"))],
            help_text=_("Nada del boletín se ve antes de esa hora en ningún lado; entonces sale solo."),
        ),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(text_panels, heading=_("Texto")),
            ObjectList(facts_panels, heading=_("Datos")),
            ObjectList(embargo_panels, heading=_("Embargo")),
        ]
    )

    class Meta:
        verbose_name = _("boletín")
        verbose_name_plural = _("boletines")
        indexes = [
            models.Index(
                fields=["withdrawn_at"], condition=Q(withdrawn_at__isnull=False), name="withdrawn_bulletins"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_bulletin_per_number"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, year__isnull=True)
                | Q(number__isnull=False, year__isnull=False),
                name="bulletin_number_with_year",
            ),
        ]

    @property
    def folio(self) -> str:
        """The number as people write it, "045/2026"; "" before publication."""
        return f"{self.number:03d}/{self.year}" if self.number else ""

    @property
    def shadow(self) -> str:
        """Spanish stems of the text, accents folded, so that a search finds the word in any of its forms."""
        return stems(f"{self.title} {self.second_headline} {self.lead} {self.plain_body} {self.easy_reading}")

    @property
    def readability(self) -> Readability | None:
        """How easy the easy reading is, for whoever writes it."""
        return read(self.easy_reading)

    def get_absolute_url(self) -> str:
        return f"/boletines/{self.slug}/"


class NumberSeries(models.Model):
    """The last number given in a year. Its row is locked while one is given, so there is neither gap nor double."""

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.last:03d}/{self.year}"


class Correction(models.Model):
    """An act of its own: what changed, when, why, by whom, and who had received the first version."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="corrections")
    at = models.DateTimeField(_("hora"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("quién"), related_name="+"
    )
    change = models.CharField(_("qué cambió"), max_length=500)
    reason = models.CharField(_("por qué"), max_length=500)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    #: How many had received an earlier version, by channel: {"email": 812}.
    receivers = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("corrección")
        verbose_name_plural = _("correcciones")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.change


class Withdrawal(models.Model):
    """An act of its own: the bulletin is gone from the site at once, its record and its reason stay."""

    bulletin = models.OneToOneField(Bulletin, models.CASCADE, related_name="withdrawal")
    at = models.DateTimeField(_("hora"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("quién"), related_name="+"
    )
    reason = models.CharField(_("por qué"), max_length=500)
    receivers = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("retiro")
        verbose_name_plural = _("retiros")

    def __str__(self) -> str:
        return self.reason


class Intake(models.Model):
    """A folder that ``pregon publish`` took in, so that the same one never goes out twice."""

    folder = models.CharField(max_length=500, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    bulletin = models.OneToOneField(Bulletin, models.CASCADE, related_name="intake")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.folder
