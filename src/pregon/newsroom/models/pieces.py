"""What a campaign, a service and a recording have in common: a sentence that says what it is, whom it concerns, a body
as a bulletin's, and no number. Taking one off the site needs no act of its own: Wagtail's log says who and when."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from pregon.accounts.models import Department, Locality, Topic
from pregon.core.text import stems
from pregon.library.models import Photo
from pregon.newsroom.blocks import BodyBlock
from pregon.newsroom.errors import NotReady
from pregon.newsroom.models.public import PublicPage

#: Buttons of the editor after which the public may read what was written.
LETTING_OUT = {"action-publish", "action-submit", "action-restart-workflow", "action-workflow-action"}


class PieceIndex(Page):
    """The shelf of campaigns, services and recordings. One per site."""

    subpage_types = ["newsroom.Campaign", "newsroom.Service", "newsroom.Episode", "newsroom.Video"]
    max_count = 1
    private_page_options: list[str] = []

    class Meta:
        verbose_name = _("páginas del sitio")


class PieceQuerySet(PageQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-first_published_at", "-pk")  # type: ignore[no-any-return]


PieceManager = PageManager.from_queryset(PieceQuerySet)


class PieceForm(WagtailAdminPageForm):
    """A draft may lack anything; what goes to the public, or to whoever approves it, lacks nothing."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if not LETTING_OUT.isdisjoint(self.data):
            for field, sentence in self.instance.lacks().items():
                if field not in self.errors:
                    self.add_error(field if field in self.fields else None, sentence)


class Piece(PublicPage):
    """A page of the site beside the bulletins. ``title`` is its name."""

    #: The list that it stands in.
    folder: ClassVar[str] = ""

    summary = models.CharField(_("en una frase"), max_length=300)
    body = StreamField(BodyBlock(), verbose_name=_("cuerpo"), blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("dependencia"), null=True, blank=True, related_name="+"
    )
    cover = models.ForeignKey(
        Photo, models.SET_NULL, verbose_name=_("foto principal"), null=True, blank=True, related_name="+"
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("temas"), blank=True, related_name="%(class)ss")
    localities = ParentalManyToManyField(
        Locality, verbose_name=_("localidades"), blank=True, related_name="%(class)ss"
    )
    #: Kinds of channel it goes out on; empty means every one that is not off.
    channels = models.JSONField(default=list, blank=True, editable=False)

    objects = PieceManager()

    parent_page_types = ["newsroom.PieceIndex"]
    subpage_types: list[str] = []
    base_form_class = PieceForm

    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.SearchField("shadow"),
        index.FilterField("department_id"),
    ]

    whom_panel = MultiFieldPanel(
        [FieldPanel("department"), FieldPanel("topics"), FieldPanel("localities")],
        heading=_("A quién le toca"),
    )
    embargo_panels = [
        FieldRowPanel(
            [FieldPanel("go_live_at", heading=_("Embargado hasta")), FieldPanel("expire_at")],
            help_text=_("Nada se ve antes de la primera hora; a la segunda la página se quita sola."),
        ),
    ]

    class Meta:
        abstract = True

    @classmethod
    def editor(cls, *tabs: tuple[list[Any], Any]) -> TabbedInterface:
        """The tabs of an editor, the hours at the end."""
        return TabbedInterface(
            [ObjectList(panels, heading=heading) for panels, heading in tabs]
            + [ObjectList(cls.embargo_panels, heading=_("Horas"))]
        )

    @property
    def shadow(self) -> str:
        """Spanish stems of the text, accents folded, so that a search finds the word in any of its forms."""
        return stems(f"{self.title} {self.summary} {self.more_words} {self.plain_body}")

    @property
    def more_words(self) -> str:
        """What it says outside its summary and its body."""
        return ""

    def get_absolute_url(self) -> str:
        return f"{self.folder}{self.slug}/"

    def lacks(self) -> dict[str, str]:
        """What must be there before the public sees it: a sentence for each field that does not have it."""
        return {}

    def publish(self, revision: Any, user: Any = None, **options: Any) -> Any:
        """The same for every way of publishing: what lacks something stays a draft."""
        if lacking := revision.as_object().lacks():
            raise NotReady(" ".join(lacking.values()))
        return super().publish(revision, user=user, **options)

    @staticmethod
    def not_before(first: Any, last: Any, field: str, sentence: Any) -> None:
        if first and last and last < first:
            raise ValidationError({field: sentence})


def lines_of(text: str) -> list[str]:
    """What somebody wrote one below the other, without the signs that some put before each."""
    stripped = (line.strip().lstrip("-•*").strip() for line in text.splitlines())
    return [line for line in stripped if line]
