"""A bulletin on the desk: begun from an act, seen on its sheet, corrected and withdrawn as acts of their own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.create import CreateView

from pregon.agenda.models import Act
from pregon.delivery import queries as ledger
from pregon.delivery.enums import Mode
from pregon.delivery.registry import label_of
from pregon.newsroom import actions as newsroom
from pregon.newsroom.errors import NewsroomError
from pregon.newsroom.forms import ReasonsForm, WithdrawalForm, correction_form, correction_panel
from pregon.newsroom.models import Bulletin, BulletinIndex
from pregon.newsroom.queries import TONES, Stage, stage_words, staged, wording


class NewBulletinView(CreateView):
    """Wagtail's own editor, already filled with what the act says: ``?acto=ID``."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        index = BulletinIndex.objects.first()
        if index is None:
            messages.error(
                request, _("Esta oficina aún no tiene dónde poner boletines: corre «pregon init».")
            )
            return redirect("wagtailadmin_home")
        answer: HttpResponseBase = super().dispatch(request, "newsroom", "bulletin", index.pk)
        return answer

    def get(self, request: HttpRequest) -> HttpResponse:
        self.next_url = reverse("boletines:index")
        chosen = request.GET.get("acto", "")
        act = Act.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
        if act is not None:
            begin_from(act, self.page)
        answer: HttpResponse = super().get(request)
        return answer


def begin_from(act: Act, bulletin: Bulletin) -> None:
    """What the act already says, nobody types again."""
    bulletin.title = act.title
    bulletin.act, bulletin.department, bulletin.album = act, act.department, act.album
    bulletin.topics = list(act.topics.all())
    bulletin.localities = list(act.localities.all())
    if act.album:
        bulletin.cover = act.album.photos.order_by("position", "pk").first()


class BulletinPage(LoginRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    """Base of the pages about one issued bulletin, for those who may edit it."""

    raise_exception = True
    header_icon = "doc-full"
    #: Permission beyond that of editing the page.
    needs = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        found = Bulletin.objects.select_related("department", "act").filter(number__isnull=False)
        self.bulletin = get_object_or_404(found, pk=kwargs["pk"])
        self.tester = self.bulletin.permissions_for_user(request.user)
        if not self.tester.can_edit() or (self.needs and not request.user.has_perm(self.needs)):
            raise PermissionDenied
        if self.needs and self.bulletin.withdrawn_at:
            messages.error(request, _("El boletín ya fue retirado: escribe uno nuevo si hace falta."))
            return self.to_sheet()
        return super().dispatch(request, *args, **kwargs)

    def to_sheet(self) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("newsroom_desk:sheet", args=[self.bulletin.pk]))

    def get_page_subtitle(self) -> str:
        return f"{self.bulletin.folio} {self.bulletin.title}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        sheet = {"url": reverse("newsroom_desk:sheet", args=[self.bulletin.pk]), "label": self.bulletin.folio}
        trail = [*self.breadcrumbs_items, {"url": reverse("boletines:index"), "label": _("Boletines")}]
        if self.needs:
            return [*trail, sheet, {"url": "", "label": self.get_page_title()}]
        return [*trail, {**sheet, "url": ""}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(bulletin=self.bulletin, **kwargs)

    def receivers(self) -> list[dict[str, Any]]:
        """How many already received it, by channel, in words."""
        counted = ledger.receivers_by_channel(ledger.dispatches_telling(self.bulletin.origin))
        modes = ledger.modes()
        return [
            {"label": label_of(kind), "count": count, "rehearsed": modes.get(kind) == Mode.SANDBOX}
            for kind, count in counted.items()
        ]


class SheetView(BulletinPage):
    """What became of a bulletin: its state, who received it, its corrections, and what may still be done."""

    template_name = "newsroom/desk/sheet.html"
    page_title = gettext_lazy("Boletín")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = staged(Bulletin.objects.filter(pk=self.bulletin.pk)).values("stage", "leaves_at").get()
        dispatches = list(ledger.dispatches_about(self.bulletin.origin).order_by("created_at", "pk"))
        user = self.request.user
        standing = not self.bulletin.withdrawn_at
        return super().get_context_data(
            stage=stage_words(row["stage"], row["leaves_at"]),
            tone=TONES[Stage(row["stage"])],
            receivers=self.receivers(),
            dispatches=dispatches,
            corrections=list(self.bulletin.corrections.select_related("by")),
            withdrawal=getattr(self.bulletin, "withdrawal", None),
            may_correct=standing and user.has_perm("newsroom.add_correction"),
            may_withdraw=standing and user.has_perm("newsroom.add_withdrawal"),
            **kwargs,
        )


class CorrectView(BulletinPage):
    """The words of the bulletin, what changed and why, and how many had received it before anything is confirmed."""

    template_name = "newsroom/desk/correct.html"
    page_title = gettext_lazy("Corregir")
    needs = "newsroom.add_correction"

    def draft(self) -> Bulletin:
        """The text to start from: what somebody already typed in the plain editor is not lost."""
        if self.bulletin.has_unpublished_changes:
            latest: Bulletin = self.bulletin.get_latest_revision_as_object()
            return latest
        published: Bulletin = self.bulletin
        return published

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(correction_form(self.draft(), for_user=request.user), ReasonsForm(prefix="motivo"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        words = correction_form(self.bulletin, for_user=request.user, data=request.POST, files=request.FILES)
        reasons = ReasonsForm(request.POST, prefix="motivo")
        if not (words.is_valid() and reasons.is_valid()):
            messages.error(request, _("La corrección no se hizo: revisa los campos marcados."))
            return self.show(words, reasons)
        corrected = words.save(commit=False)
        try:
            newsroom.correct(corrected, **reasons.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]  # the permission keeps strangers out
        except NewsroomError as refusal:
            messages.error(request, str(refusal))
            return self.show(words, reasons)
        messages.success(request, _("El boletín %(folio)s quedó corregido.") % {"folio": self.bulletin.folio})
        return self.to_sheet()

    def show(self, words: Any, reasons: ReasonsForm) -> HttpResponse:
        panel = correction_panel().get_bound_panel(instance=words.instance, request=self.request, form=words)
        context = self.get_context_data(
            panel=panel, reasons=reasons, receivers=self.receivers(), media=panel.media + words.media
        )
        return self.render_to_response(context)


class WithdrawView(BulletinPage):
    """A withdrawal: its reason, and how many will be told."""

    template_name = "newsroom/desk/withdraw.html"
    page_title = gettext_lazy("Retirar")
    needs = "newsroom.add_withdrawal"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(WithdrawalForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = WithdrawalForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        try:
            newsroom.withdraw(
                self.bulletin,
                reason=form.cleaned_data["reason"],
                by=request.user,  # type: ignore[arg-type]  # the permission keeps strangers out
                at=timezone.now(),
            )
        except NewsroomError as refusal:
            messages.error(request, str(refusal))
            return self.show(form)
        messages.success(
            request, _("El boletín %(folio)s ya no está en el sitio.") % {"folio": self.bulletin.folio}
        )
        return self.to_sheet()

    def show(self, form: WithdrawalForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, receivers=self.receivers()))


def needs_correction(bulletin: Bulletin) -> bool:
    """Whether publishing ``bulletin`` as it stands would put other words in the place of public ones."""
    public = Bulletin.objects.filter(pk=bulletin.pk, number__isnull=False).first()
    return public is not None and wording(public) != wording(bulletin)
