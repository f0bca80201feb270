"""Hangs the newsroom on the desk and keeps public words from being changed in silence: what went out is corrected
or withdrawn, never overwritten, unpublished, moved or deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.models import Page
from wagtail.permissions import policy_registry

from pregon.agenda.models import Act
from pregon.newsroom.models import PIECES, Bulletin, BulletinIndex, LiveBlog, Piece, PieceIndex
from pregon.newsroom.models.pieces import LETTING_OUT
from pregon.newsroom.panels import ApprovalPanel, LivePanel, sheet_or_editor
from pregon.newsroom.urls import live_patterns
from pregon.newsroom.views.bulletins import needs_correction
from pregon.newsroom.views.outreach import SEE
from pregon.newsroom.viewsets import PIECE_VIEWSETS, bulletin_viewset


@hooks.register("register_admin_viewset")
def newsroom_viewsets() -> list[Any]:
    return [bulletin_viewset, *PIECE_VIEWSETS]


@hooks.register("register_admin_urls")
def newsroom_urls() -> list[Any]:
    return [
        path("boletines/", include("pregon.newsroom.urls")),
        path("en-vivo/", include((live_patterns, "newsroom_live"))),
    ]


def writes(request: HttpRequest) -> bool:
    policy = policy_registry.get_by_type(Bulletin)
    return bool(policy.user_has_any_permission(request.user, {"add", "change", "publish"}))


class BulletinsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return writes(request)


@hooks.register("register_admin_menu_item")
def newsroom_menu() -> MenuItem:
    return BulletinsMenuItem(
        gettext_lazy("Boletines"),
        reverse("boletines:index"),
        name="boletines",
        icon_name="doc-full",
        order=30,
    )


class PiecesMenuItem(SubmenuMenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return writes(request)


@hooks.register("register_admin_menu_item")
def pieces_menu() -> MenuItem:
    lists = [
        MenuItem(
            lists.menu_label, reverse(lists.get_url_name("index")), name=lists.name, icon_name=lists.icon
        )
        for lists in PIECE_VIEWSETS
    ]
    return PiecesMenuItem(
        gettext_lazy("Páginas del sitio"), Menu(items=lists), name="paginas", icon_name="site", order=36
    )


class LiveMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsroom.add_livepost")


@hooks.register("register_admin_menu_item")
def live_menu() -> MenuItem:
    return LiveMenuItem(
        gettext_lazy("Minuto a minuto"),
        reverse("newsroom_live:index"),
        name="en-vivo",
        icon_name="radio-full",
        order=35,
    )


class OverviewMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEE)


@hooks.register("register_admin_menu_item")
def overview_menu() -> MenuItem:
    return OverviewMenuItem(
        gettext_lazy("Alcance"),
        reverse("newsroom_desk:overview"),
        name="alcance",
        icon_name="view",
        order=55,
    )


@hooks.register("construct_homepage_panels")
def newsroom_panel(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm("newsroom.add_livepost"):
        panels.append(LivePanel())
    if writes(request):
        panels.append(ApprovalPanel(timezone.now()))


@hooks.register("register_act_buttons")
def write_about(act: Act, user: Any) -> Iterable[HeaderButton]:
    """On the act's own page: the bulletin that comes out of it."""
    if policy_registry.get_by_type(Bulletin).user_has_permission(user, "add"):
        yield HeaderButton(
            _("Escribir boletín"), url=f"{reverse('newsroom_desk:new')}?acto={act.pk}", icon_name="edit"
        )


@hooks.register("register_act_buttons")
def follow_live(act: Act, user: Any) -> Iterable[HeaderButton]:
    """And its live coverage, once there is one; it is opened from the list of those of today."""
    blog = LiveBlog.objects.filter(act=act).first()
    if blog and user.has_perm("newsroom.add_livepost"):
        yield HeaderButton(
            _("Minuto a minuto"), url=reverse("newsroom_live:blog", args=[blog.pk]), icon_name="radio-full"
        )


@hooks.register("register_page_header_buttons")
def whom_it_reaches(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterable[Button]:
    """On the editor of a bulletin that has not gone out: whom it will reach, and how it will look there."""
    bulletin = isinstance(page.specific_class, type) and issubclass(page.specific_class, Bulletin)
    if bulletin and view_name == "edit" and page.pk and issued(page) is None:
        yield Button(
            _("A quién llega"), reverse("newsroom_desk:reach", args=[page.pk]), icon_name="group", priority=5
        )


def issued(page: Page) -> Bulletin | None:
    """The bulletin behind ``page`` when it carries a number, whatever became of it."""
    found: Bulletin | None = Bulletin.objects.filter(pk=page.pk, number__isnull=False).first()
    return found


def issued_among(pages: Iterable[Page]) -> Bulletin | None:
    """A bulletin that carries a number among ``pages`` or below any of them."""
    under = (Bulletin.objects.descendant_of(page, inclusive=True).issued().first() for page in pages)
    return next(filter(None, under), None)


def to_sheet(request: HttpRequest, bulletin: Bulletin, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("newsroom_desk:sheet", args=[bulletin.pk]))


@hooks.register("before_edit_page")
def keep_issued_out_of_the_way_of_approval(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The plain editor still serves for topics and dates; an issued bulletin never goes through approval again,
    because approval publishes without asking what changed, and a withdrawn one is not edited at all."""
    bulletin = issued(page)
    if bulletin is None:
        return None
    if bulletin.withdrawn_at:
        return to_sheet(request, bulletin, _("El boletín ya fue retirado: escribe uno nuevo si hace falta."))
    if request.method == "POST" and any(
        name in request.POST for name in ("action-submit", "workflow-action-name")
    ):
        return to_sheet(
            request, bulletin, _("Este boletín ya se publicó: sus palabras solo cambian con una corrección.")
        )
    return None


@hooks.register("before_publish_page")
def ask_for_a_correction(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Other words in the place of public ones need a correction; the draft just saved is where it starts from."""
    if not isinstance(page, Bulletin) or not needs_correction(page):
        return None
    messages.warning(
        request,
        _("Este boletín ya se publicó: di qué cambió y por qué, y la corrección saldrá con el texto nuevo."),
    )
    return HttpResponseRedirect(f"{reverse('newsroom_desk:correct', args=[page.pk])}?borrador=1")


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def back_to_the_list(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Whoever is done with a page goes on at the desk's list, not in Wagtail's tree of pages."""
    if not isinstance(page, (Bulletin, Piece)) or LETTING_OUT.isdisjoint(request.POST):
        return None
    return HttpResponseRedirect(get_valid_next_url_from_request(request) or list_of(page))


def list_of(page: Bulletin | Piece) -> str:
    found = next((lists for lists in PIECE_VIEWSETS if isinstance(page, lists.model)), bulletin_viewset)
    return reverse(found.get_url_name("index"))


REFUSAL = gettext_lazy(
    "Un boletín publicado no se borra, ni se oculta, ni se mueve: retíralo, con su motivo, desde esta ficha."
)


KEPT = gettext_lazy(
    "«%(title)s» ya fue pública y se conserva: no se borra ni se mueve; si ya no va, quítala del sitio con Despublicar."
)


def shown_among(pages: Iterable[Page], *, below: bool = False) -> Piece | None:
    """A page that was public among ``pages`` or below any of them; ``below`` leaves out the pages themselves."""
    for page in pages:
        inside = Page.objects.descendant_of(page, inclusive=not below).values("pk")
        for kind in PIECES:
            if found := kind.objects.filter(pk__in=inside, first_published_at__isnull=False).first():
                piece: Piece = found
                return piece
    return None


def to_editor(request: HttpRequest, piece: Piece, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("wagtailadmin_pages:edit", args=[piece.pk]))


def refused(request: HttpRequest, pages: list[Page], *, hiding: bool = False) -> HttpResponse | None:
    """What was public stays. A page beside the bulletins may be hidden, but not the shelf that it is on."""
    if found := issued_among(pages):
        return to_sheet(request, found, str(REFUSAL))
    if shown := shown_among(pages, below=hiding):
        return to_editor(request, shown, str(KEPT) % {"title": shown.title})
    return None


@hooks.register("before_delete_page")
@hooks.register("before_move_page")
def point_to_withdrawal(
    request: HttpRequest, page: Page, destination: Page | None = None
) -> HttpResponse | None:
    """What was public stays where it is, and so does the shelf below it."""
    return refused(request, [page])


@hooks.register("before_unpublish_page")
def hide_no_bulletin(request: HttpRequest, page: Page) -> HttpResponse | None:
    return refused(request, [page], hiding=True)


@hooks.register("before_bulk_action")
def no_bulk_either(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """Deleting, hiding, publishing or moving many pages at once obeys the same rule as one at a time."""
    pages = [page for page in objects if isinstance(page, Page)]
    match action_type:
        case "delete" | "move":
            return refused(request, pages)
        case "unpublish":
            return refused(request, pages, hiding=True)
        case "publish":
            if found := issued_among(pages):
                return to_sheet(request, found, str(REFUSAL))
            return unready(request, pages)
        case _other:
            return None


def unready(request: HttpRequest, pages: Iterable[Page]) -> HttpResponse | None:
    """The first page that lacks what must be there before the public sees it."""
    for page in pages:
        draft = page.get_latest_revision_as_object()
        if isinstance(draft, Piece) and (lacking := draft.lacks()):
            return to_editor(request, draft, f"«{draft.title}»: {' '.join(lacking.values())}")
    return None


@hooks.register("before_copy_page")
def keep_one_shelf(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A copy of a shelf would take its pages along, and could publish them all again."""
    if PieceIndex.objects.descendant_of(page, inclusive=True).exists():
        messages.error(
            request, _("Estas páginas están en un solo lugar, que no se copia: copia una por una.")
        )
        return HttpResponseRedirect(reverse("wagtailadmin_home"))
    if not BulletinIndex.objects.descendant_of(page, inclusive=True).exists():
        return None
    messages.error(request, _("Los boletines están en un solo lugar, que no se copia: copia uno por uno."))
    return HttpResponseRedirect(reverse("boletines:index"))


@hooks.register("after_copy_page")
def go_on_writing(request: HttpRequest, page: Page, copy: Page) -> HttpResponse | None:
    return HttpResponseRedirect(sheet_or_editor(copy)) if isinstance(copy, Bulletin) else None
