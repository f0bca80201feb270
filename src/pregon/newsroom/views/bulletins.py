"""A bulletin on the desk: begun from an act, seen on its sheet, corrected and withdrawn as acts of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.create import CreateView

from pregon.agenda.models import Act
from pregon.core.visibility import may_see
from pregon.delivery import actions as delivery
from pregon.delivery import queries as ledger
from pregon.delivery.actions import may_be_tried
from pregon.delivery.enums import MessageKind, Mode
from pregon.delivery.errors import DeliveryError
from pregon.delivery.forms import TrialForm
from pregon.delivery.models import Dispatch
from pregon.delivery.previews import Seen, seen_on, with_its_place
from pregon.delivery.registry import label_of
from pregon.delivery.values import Message
from pregon.delivery.views import framed
from pregon.newsroom import actions as newsroom
from pregon.newsroom.briefs import audience_of, message_about
from pregon.newsroom.errors import NewsroomError
from pregon.newsroom.forms import ReasonsForm, WithdrawalForm, correction_form, correction_panel
from pregon.newsroom.models import Bulletin, BulletinIndex
from pregon.newsroom.panels import sheet_or_editor
from pregon.newsroom.queries import (
    TONES,
    Stage,
    as_last_public,
    public_wording,
    reworded,
    stage_words,
    staged,
    wording,
)


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

    def receivers(self) -> dict[str, list[tuple[str, int]]]:
        """How many already received it, by channel, in words, and for how many it was only kept."""
        telling = ledger.dispatches_telling(self.bulletin.origin)
        counted = {
            "reached": ledger.receivers_by_channel(telling),
            "laid_out": ledger.laid_out_by_channel(telling),
        }
        return {
            name: [(label_of(kind), count) for kind, count in found.items()]
            for name, found in counted.items()
        }


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

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """It starts from what is public. A draft that somebody left is told and offered, never put there unsaid:
        ``?borrador=1`` starts from it."""
        public = as_last_public(self.bulletin) or self.bulletin
        draft: Bulletin = self.bulletin.get_latest_revision_as_object()
        pending = reworded(public, draft)
        drafted = bool(pending) and "borrador" in request.GET
        words = correction_form(draft if drafted else public, for_user=request.user)
        return self.show(words, ReasonsForm(prefix="motivo"), pending=pending, drafted=drafted)

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

    def show(self, words: Any, reasons: ReasonsForm, **draft: Any) -> HttpResponse:
        panel = correction_panel().get_bound_panel(instance=words.instance, request=self.request, form=words)
        context = self.get_context_data(
            panel=panel, reasons=reasons, receivers=self.receivers(), media=panel.media + words.media, **draft
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


# --- Before it goes out -------------------------------------------------------------------------------------


class ReachBase(LoginRequiredMixin):
    """Base of what is seen of a bulletin before it goes out, as it stands in its latest draft."""

    raise_exception = True
    draft: Bulletin

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        page = get_object_or_404(Bulletin, pk=kwargs["pk"], withdrawn_at=None)
        if not page.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        self.draft = page.get_latest_revision_as_object()
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


class ReachView(ReachBase, WagtailAdminTemplateMixin, TemplateView):
    """A quién llega: how many on each channel, how it will look there, what it costs, and a trial to oneself."""

    template_name = "newsroom/desk/reach.html"
    page_title = gettext_lazy("A quién llega")
    header_icon = "group"

    def get_page_subtitle(self) -> str:
        return str(self.draft.title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        trail = [*self.breadcrumbs_items, {"url": reverse("boletines:index"), "label": _("Boletines")}]
        editor = {"url": sheet_or_editor(self.draft), "label": self.draft.title}
        return [*trail, editor, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message = message_about(self.draft, MessageKind.NEWS)
        counts = sorted(ledger.head_counts(audience_of(self.draft)), key=lambda count: -count.all)
        seen = {count.kind: seen_on(count.kind, message) for count in counts}
        chosen = self.request.GET.get("canal", "")
        kind = chosen if chosen in seen else next(iter(seen), "")
        return super().get_context_data(
            bulletin=self.draft,
            reaches=[Reach(count=count, seen=seen[count.kind]) for count in counts],
            people=sum(count.people for count in counts if count.mode == Mode.LIVE),
            own=sum(count.own for count in counts if count.mode == Mode.LIVE),
            later=ledger.later_count(audience_of(self.draft)),
            kind=kind,
            seen=seen.get(kind),
            sender=message.sender,
            html_url=reverse("newsroom_desk:reach_html", args=[self.draft.pk, kind]) if kind else "",
            may_try=[count.kind for count in counts if count.mode == Mode.LIVE and may_be_tried(count.kind)],
            **({"trial": self.trial_form(counts)} | kwargs),
        )

    def trial_form(self, counts: list[ledger.HeadCount], data: Any = None) -> TrialForm:
        live = [count for count in counts if count.mode == Mode.LIVE and may_be_tried(count.kind)]
        kinds = [count.kind for count in live]
        looked_at = self.request.GET.get("canal", "")
        chosen = looked_at if looked_at in kinds else "email"
        return TrialForm(
            data,
            channels=[(count.kind, count.label) for count in live],
            initial={"channel": chosen, "address": self.own_address(chosen) if chosen in kinds else ""},
        )

    def own_address(self, kind: str) -> str:
        """Most who try a letter send it to themselves."""
        return str(getattr(self.request.user, "email", "")) if kind == "email" else ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.trial_form(ledger.head_counts(audience_of(self.draft)), request.POST)
        if form.is_valid():
            try:
                trial = delivery.try_out(
                    self.to_try(at=timezone.now()),
                    channel=form.cleaned_data["channel"],
                    address=form.cleaned_data["address"],
                    by=request.user,  # type: ignore[arg-type]  # strangers were kept out above
                    at=timezone.now(),
                )
            except DeliveryError as refusal:
                form.add_error("address", str(refusal))
            else:
                messages.success(request, _("La prueba va en camino; no cuenta en el plan ni en los envíos."))
                return self.after(trial)
        return self.render_to_response(self.get_context_data(trial=form))

    def to_try(self, *, at: datetime) -> Message:
        """Without the link while it leads nowhere yet."""
        message = message_about(self.draft, MessageKind.NEWS)
        return message if may_see(self.draft, at=at) else replace(message, url="")

    def after(self, trial: Dispatch) -> HttpResponse:
        """Whoever may look at dispatches sees how the trial fares."""
        if self.request.user.has_perm("delivery.view_dispatch"):
            return redirect("envios:dispatch", trial.pk)
        return redirect("newsroom_desk:reach", self.draft.pk)


class ReachHtmlView(ReachBase, View):
    """The draft as a letter, alone, for a frame that can do nothing."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        message = with_its_place(message_about(self.draft, MessageKind.NEWS))
        return framed(lambda: seen_on(kind, message))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One channel on that page."""

    count: ledger.HeadCount
    seen: Seen

    @property
    def rehearsing(self) -> bool:
        return self.count.mode == Mode.SANDBOX

    @property
    def words(self) -> str:
        """ "1,204 personas y 1 canal de la oficina"."""
        people = ngettext("persona", "personas", self.count.people)
        own = ngettext("canal de la oficina", "canales de la oficina", self.count.own)
        if self.count.people and self.count.own:
            told = {"people": people, "own": own, "count": self.count.own}
            return _("%(people)s y %(count)s %(own)s") % told
        return own if self.count.own else people

    @property
    def number(self) -> int:
        return self.count.people or self.count.own

    @property
    def cost(self) -> str:
        """What it costs altogether at the provider's prices, or would; "" where it is free or reaches nobody."""
        price = self.seen.price
        if price is None or not self.count.all:
            return ""
        told = {
            "amount": f"{price.amount * self.count.all:,.3f}".rstrip("0").rstrip("."),
            "currency": price.currency,
        }
        said = (
            _("En vivo costaría %(amount)s %(currency)s.")
            if self.rehearsing
            else _("Cuesta %(amount)s %(currency)s.")
        )
        return f"{said % told} {price.reason}".strip()


def needs_correction(bulletin: Bulletin) -> bool:
    """Whether publishing ``bulletin`` as it stands would put other words in the place of those that went out,
    be they still in public or hidden by whatever way."""
    issued = Bulletin.objects.issued().filter(pk=bulletin.pk).first()
    return issued is not None and public_wording(issued) != wording(bulletin)
