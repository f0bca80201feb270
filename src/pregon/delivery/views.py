"""The delivery desk: what goes out, to whom, with what result, and exactly as its receiver sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.delivery import actions as delivery
from pregon.delivery.actions.channels import set_up
from pregon.delivery.actions.resolve import arrived, send_again
from pregon.delivery.contract import Parcel, Preview
from pregon.delivery.enums import COLOURS, Handling, Mode, Reason, State
from pregon.delivery.errors import BodyErased, DeliveryError, UnknownChannel
from pregon.delivery.forms import (
    AddressForm,
    LedgerFilterForm,
    ModeForm,
    OfficeChannelForm,
    RosterForm,
    options_form,
)
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Roster, Subscriber, Suppression
from pregon.delivery.queries import going_out, progress_of
from pregon.delivery.registry import build, channel_class, kinds, label_of, rehearse
from pregon.delivery.tables import csv_lines, exported, workbook

PAGE = 20
LINES = 50
#: What a mail may do inside the desk: be looked at.
MAIL_POLICY = (
    "sandbox; default-src 'none'; img-src 'self' data: {site}; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'"
)
MODE_TONES = {Mode.OFF: "soft", Mode.SANDBOX: "warn", Mode.LIVE: "ok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One line of the ledger with its words."""

    delivery: Delivery

    @property
    def label(self) -> str:
        return label_of(self.delivery.channel)

    @property
    def tone(self) -> str:
        return COLOURS[State(self.delivery.state)]


class DeskPage(PermissionRequiredMixin, WagtailAdminTemplateMixin):
    """Base of the pages of the delivery desk."""

    raise_exception = True
    permission_required = "delivery.view_dispatch"
    header_icon = "mail"
    trail: list[tuple[str, Any]] = []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        steps = [{"url": reverse(name), "label": label} for name, label in self.trail]
        here = {"url": "", "label": self.get_page_subtitle() or self.get_page_title()}
        return [*self.breadcrumbs_items, *steps, here]


class DispatchesView(DeskPage, TemplateView):
    """Dispatches, the newest first. Pages are cut by id: a long history is never counted."""

    template_name = "delivery/desk/dispatches.html"
    page_title = gettext_lazy("Envíos")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        before = self.request.GET.get("antes", "")
        found = Dispatch.objects.defer("message_json", "audience_json").order_by("-pk")
        if before.isdecimal():
            found = found.filter(pk__lt=int(before))
        shown = list(found[: PAGE + 1])
        here = reverse("envios:index")
        older = f"{here}?antes={shown[PAGE - 1].pk}" if len(shown) > PAGE else ""
        return super().get_context_data(
            progress=progress_of(shown[:PAGE]), older_url=older, newest_url=here if before else "", **kwargs
        )


class NowView(PermissionRequiredMixin, TemplateView):
    """The fragment of *Hoy* that refreshes itself."""

    raise_exception = True
    permission_required = "delivery.view_dispatch"
    template_name = "delivery/desk/now.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(progress=going_out(timezone.now()), **kwargs)


class ProgressView(PermissionRequiredMixin, TemplateView):
    """The fragment of one dispatch that refreshes itself."""

    raise_exception = True
    permission_required = "delivery.view_dispatch"
    template_name = "delivery/desk/progress.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dispatch = get_object_or_404(Dispatch.objects.defer("message_json"), pk=kwargs["pk"])
        return super().get_context_data(one=progress_of([dispatch])[0], **kwargs)


class OneDispatch(DeskPage):
    """Base of the pages about one dispatch."""

    trail = [("envios:index", gettext_lazy("Envíos"))]
    kwargs: dict[str, Any]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.dispatch_asked = get_object_or_404(Dispatch, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.dispatch_asked.headline


def channels_shown(dispatch: Dispatch) -> list[tuple[str, str]]:
    """Channels on which ``dispatch`` can be looked at: those it was meant for, else all."""
    wanted = set(dispatch.audience.channels)
    return [(kind, label_of(kind)) for kind in kinds() if not wanted or kind in wanted]


class DispatchView(OneDispatch, TemplateView):
    """One dispatch: live progress, what failed and why, what is in doubt, and every line of the ledger."""

    template_name = "delivery/desk/dispatch.html"
    page_title = gettext_lazy("Envío")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dispatch = self.dispatch_asked
        ledger = Delivery.objects.filter(dispatch=dispatch)
        failures = (
            ledger.filter(state=State.FAILED)
            .values("channel", "reason")
            .annotate(count=Count("pk"))
            .order_by("-count")
        )
        return super().get_context_data(
            dispatch=dispatch,
            one=progress_of([dispatch])[0],
            previews=channels_shown(dispatch),
            failures=[{**row, "label": label_of(row["channel"])} for row in failures[:10]],
            uncertain=[
                LedgerLine(delivery=line)
                for line in ledger.filter(state=State.UNCERTAIN).order_by("pk")[:LINES]
            ],
            **self.lines(ledger),
            **kwargs,
        )

    def lines(self, ledger: Any) -> dict[str, Any]:
        """One page of the ledger, cut by id."""
        form = LedgerFilterForm(self.request.GET, channels=[(kind, label_of(kind)) for kind in kinds()])
        chosen = (
            {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
        )
        after = self.request.GET.get("despues", "")
        found = ledger.filter(**chosen).order_by("pk")
        if after.isdecimal():
            found = found.filter(pk__gt=int(after))
        shown = list(found[: LINES + 1])
        here = f"{reverse('envios:dispatch', args=[self.dispatch_asked.pk])}?{urlencode(chosen)}"
        return {
            "filter": form,
            "lines": [LedgerLine(delivery=line) for line in shown[:LINES]],
            "older_url": f"{here}&despues={shown[LINES - 1].pk}" if len(shown) > LINES else "",
            "newest_url": here if after else "",
        }


class ResolveView(PermissionRequiredMixin, View):
    """The two buttons of a line in doubt."""

    raise_exception = True
    permission_required = "delivery.change_delivery"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        line = get_object_or_404(Delivery, pk=pk)
        answers = {"arrived": arrived, "again": send_again}
        answer = answers.get(request.POST.get("answer", ""))
        if answer is None:
            raise Http404
        try:
            answer(line, by=request.user, at=timezone.now())  # type: ignore[arg-type]  # the permission keeps strangers out
        except DeliveryError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Quedó anotado."))
        return HttpResponseRedirect(reverse("envios:dispatch", args=[line.dispatch_id]))


def preview_of(dispatch: Dispatch, kind: str) -> Preview:
    """The message as it leaves on that channel, with sample links: nobody's own links are shown to the desk."""
    if dispatch.emptied_at:
        raise BodyErased
    account = ChannelAccount.objects.filter(kind=kind).first() or ChannelAccount(kind=kind)
    sample = f"{settings.BASE_URL}/suscripcion/muestra/"
    parcel = Parcel(
        key=f"{dispatch.pk}-0",
        destination=_("persona@ejemplo.mx"),
        message=dispatch.message,
        preferences_url=sample,
        unsubscribe_url=f"{sample}baja/",
        confirm_url=sample,
    )
    return rehearse(kind, account.options).preview(parcel)


class PreviewView(OneDispatch, TemplateView):
    """Each outgoing message as its receiver sees it."""

    template_name = "delivery/desk/preview.html"
    page_title = gettext_lazy("Vista")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        items[-1]["url"] = reverse("envios:dispatch", args=[self.dispatch_asked.pk])
        return [*items, {"url": "", "label": label_of(self.kwargs["kind"])}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind, problem, preview = self.kwargs["kind"], "", None
        try:
            preview = preview_of(self.dispatch_asked, kind)
        except UnknownChannel as missing:
            raise Http404(str(missing)) from missing
        except DeliveryError as refusal:
            problem = str(refusal)
        return super().get_context_data(
            dispatch=self.dispatch_asked,
            kind=kind,
            label=label_of(kind),
            previews=channels_shown(self.dispatch_asked),
            preview=preview,
            problem=problem,
            is_page=preview is not None and "<html" in preview.html.lower(),
            **{name: value for name, value in kwargs.items() if name != "kind"},
        )


class PreviewHtmlView(PermissionRequiredMixin, View):
    """The HTML of a mail, alone, for a frame that may neither run script nor submit nor call out."""

    raise_exception = True
    permission_required = "delivery.view_dispatch"

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        dispatch = get_object_or_404(Dispatch, pk=pk)
        try:
            html = preview_of(dispatch, kind).html
        except DeliveryError as problem:
            raise Http404(str(problem)) from problem
        answer = HttpResponse(html)
        answer["Content-Security-Policy"] = MAIL_POLICY.format(site=settings.BASE_URL)
        return answer


class ChannelsView(DeskPage, TemplateView):
    """Every installed channel, what it may do and how it fared last."""

    permission_required = "delivery.view_channelaccount"
    template_name = "delivery/desk/channels.html"
    page_title = gettext_lazy("Canales")
    trail = [("envios:index", gettext_lazy("Envíos"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = {account.kind: account for account in ChannelAccount.objects.all()}
        shown = []
        for kind in kinds():
            account = accounts.get(kind) or ChannelAccount(kind=kind)
            mode = Mode(account.mode)
            words = str(mode.label).partition(":")[0]
            shown.append(
                {
                    "kind": kind,
                    "label": label_of(kind),
                    "account": account,
                    "tone": MODE_TONES[mode],
                    "mode_words": words,
                }
            )
        return super().get_context_data(channels=shown, **kwargs)


class ChannelView(DeskPage, TemplateView):
    """One channel: its mode, its options, and the provider's own answer to "do you know us?"."""

    permission_required = "delivery.change_channelaccount"
    template_name = "delivery/desk/channel.html"
    page_title = gettext_lazy("Canal")
    trail = [("envios:index", gettext_lazy("Envíos")), ("canales:index", gettext_lazy("Canales"))]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.kind = kwargs["kind"]
        if self.kind not in kinds():
            raise Http404
        self.account = ChannelAccount.objects.filter(kind=self.kind).first() or ChannelAccount(kind=self.kind)

    def get_page_subtitle(self) -> str:
        return label_of(self.kind)

    def forms(self, data: Any = None) -> dict[str, Any]:
        options_class = channel_class(self.kind).options_class
        return {
            "mode": ModeForm(data, initial={"mode": self.account.mode}),
            "options": options_form(options_class, stored=self.account.options, data=data),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(label=label_of(self.kind), **self.forms()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = self.forms(request.POST)
        mode, options = asked["mode"], asked["options"]
        if not (mode.is_valid() and options.is_valid()):
            return self.render_to_response(self.get_context_data(label=label_of(self.kind), **asked))
        try:
            self.account = set_up(
                self.kind,
                mode=Mode(mode.cleaned_data["mode"]),
                values={name: value for name, value in options.cleaned_data.items() if value is not None},
                by=request.user,  # type: ignore[arg-type]  # the permission keeps strangers out
                at=timezone.now(),
            )
        except DeliveryError as refusal:
            context = self.get_context_data(
                label=label_of(self.kind), answer=str(refusal), answer_tone="bad", **asked
            )
            return self.render_to_response(context)
        if request.POST.get("do") == "check":
            answer, tone = self.ask()
            context = self.get_context_data(
                label=label_of(self.kind), answer=answer, answer_tone=tone, **self.forms()
            )
            return self.render_to_response(context)
        messages.success(request, _("%(channel)s quedó guardado.") % {"channel": label_of(self.kind)})
        return redirect("canales:index")

    def ask(self) -> tuple[str, str]:
        """What the provider says to our credentials."""
        try:
            who = build(self.kind, self.account.options).check()
        except DeliveryError as refusal:
            return str(refusal), "bad"
        if not who:
            return _("Este canal no tiene nada que probar."), "soft"
        return _("El proveedor nos reconoce como %(who)s.") % {"who": who}, "ok"


class OfficeChannelView(DeskPage, FormView[OfficeChannelForm]):
    """Adds a public channel, group or endpoint of the office itself."""

    permission_required = "delivery.add_subscriber"
    template_name = "delivery/desk/office_channel.html"
    form_class = OfficeChannelForm
    page_title = gettext_lazy("Nuevo canal de la oficina")
    trail = [("suscriptores:index", gettext_lazy("Suscriptores"))]

    def form_valid(self, form: OfficeChannelForm) -> HttpResponse:
        told = form.cleaned_data
        delivery.add_office_channel(
            told["address"], channel=told["channel"], name=told["name"], at=timezone.now()
        )
        messages.success(
            self.request, _("%(name)s recibe desde ahora todo lo que salga.") % {"name": told["name"]}
        )
        return redirect("suscriptores:index")


class LeaveView(DeskPage, TemplateView):
    """Ends a subscription at the request of its holder. Consent is never edited, only ended."""

    permission_required = "delivery.change_subscriber"
    template_name = "delivery/desk/leave.html"
    page_title = gettext_lazy("Dar de baja")
    trail = [("suscriptores:index", gettext_lazy("Suscriptores"))]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.subscriber = get_object_or_404(Subscriber, pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(subscriber=self.subscriber, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        delivery.leave(self.subscriber, at=timezone.now())
        messages.success(request, _("%(address)s ya no recibe nada.") % {"address": self.subscriber.address})
        return redirect("suscriptores:index")


# --- Lists of subscribers -----------------------------------------------------------------------------------

#: What became of the lines of a list, in the order in which a person asks: its words and its tone.
FATES = {
    "confirmed": (gettext_lazy("reciben desde ahora"), "ok"),
    "pending": (gettext_lazy("quedan por confirmar y no reciben boletines"), "warn"),
    "known": (gettext_lazy("ya estaban: no se les cambia nada"), "soft"),
    "left": (gettext_lazy("se habían dado de baja o ya no existen: no se les vuelve a escribir"), "soft"),
    "suppressed": (gettext_lazy("pidieron que no se les escriba: no entran"), "soft"),
    "bad": (gettext_lazy("tienen un problema: no entran"), "bad"),
}
HANDLING_TONES = {
    Handling.UPLOADED: "live",
    Handling.REFUSED: "bad",
    Handling.CHECKED: "warn",
    Handling.APPROVED: "live",
    Handling.IMPORTED: "ok",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterState:
    """A list with its words."""

    roster: Roster

    @property
    def tone(self) -> str:
        return HANDLING_TONES[Handling(self.roster.handling)]

    @property
    def waiting(self) -> bool:
        return self.roster.handling in {Handling.UPLOADED, Handling.APPROVED}

    @property
    def may_approve(self) -> bool:
        return bool(self.roster.handling == Handling.CHECKED and self.entering and not self.forgotten)

    @property
    def forgotten(self) -> bool:
        """Whether its file was deleted before anybody took it in."""
        return self.roster.handling == Handling.CHECKED and bool(self.roster.content is None)

    @property
    def counts(self) -> dict[str, int]:
        told: dict[str, dict[str, int]] = self.roster.counts
        return told.get("taken") or told.get("checked") or {}

    @property
    def lines(self) -> list[tuple[int, Any, str]]:
        return [
            (self.counts[fate], words, tone) for fate, (words, tone) in FATES.items() if self.counts.get(fate)
        ]

    @property
    def entering(self) -> int:
        return self.counts.get("confirmed", 0) + self.counts.get("pending", 0)

    @property
    def unnamed(self) -> int:
        """Bad lines beyond those that are named one by one."""
        return max(0, self.counts.get("bad", 0) - len(self.roster.problems))


class RostersView(DeskPage, FormView[RosterForm]):
    """Hands in a list to be checked. Nothing is written about anybody yet."""

    permission_required = "delivery.add_subscriber"
    template_name = "delivery/desk/rosters.html"
    form_class = RosterForm
    page_title = gettext_lazy("Importar suscriptores")
    trail = [("suscriptores:index", gettext_lazy("Suscriptores"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = Roster.objects.select_related("by").defer("content", "problems")[:PAGE]
        return super().get_context_data(rosters=[RosterState(roster=one) for one in latest], **kwargs)

    def form_valid(self, form: RosterForm) -> HttpResponse:
        told = dict(form.cleaned_data)
        file = told.pop("file")
        roster = delivery.hand_in(
            file.read(),
            name=file.name,
            **told,
            by=self.request.user,  # type: ignore[arg-type]  # the permission keeps strangers out
            at=timezone.now(),
        )
        return redirect("suscriptores_desk:roster", pk=roster.pk)


class RosterView(DeskPage, TemplateView):
    """What would become of each line, and the button that makes it so."""

    permission_required = "delivery.add_subscriber"
    template_name = "delivery/desk/roster.html"
    page_title = gettext_lazy("Lista")
    trail = [
        ("suscriptores:index", gettext_lazy("Suscriptores")),
        ("suscriptores_desk:rosters", gettext_lazy("Importar")),
    ]

    def get_page_subtitle(self) -> str:
        return self.roster.name

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.roster = get_object_or_404(Roster, pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(one=RosterState(roster=self.roster), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            delivery.approve(self.roster, digest=request.POST.get("digest", ""))
        except DeliveryError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("La lista se está importando: puedes seguir con otra cosa."))
        return redirect("suscriptores_desk:roster", pk=self.roster.pk)


class RosterStateView(PermissionRequiredMixin, TemplateView):
    """The fragment of one list that refreshes itself."""

    raise_exception = True
    permission_required = "delivery.add_subscriber"
    template_name = "delivery/desk/roster_state.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roster = get_object_or_404(Roster, pk=kwargs["pk"])
        return super().get_context_data(one=RosterState(roster=roster), **kwargs)


class ExportView(PermissionRequiredMixin, View):
    """The whole list as a file. A browser begins to receive a CSV before its end is read."""

    raise_exception = True
    permission_required = "delivery.export_subscriber"

    def get(self, request: HttpRequest, form: str) -> HttpResponseBase:
        name = f"suscriptores-{timezone.localdate().isoformat()}.{form}"
        if form == "xlsx":
            return FileResponse(workbook(exported()), as_attachment=True, filename=name)
        answer = StreamingHttpResponse(csv_lines(exported()), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "no-store"
        return answer


class SuppressView(DeskPage, FormView[AddressForm]):
    """Notes an address nothing shall be sent to, subscribed or not."""

    permission_required = "delivery.change_subscriber"
    template_name = "delivery/desk/suppress.html"
    form_class = AddressForm
    page_title = gettext_lazy("No escribir más")
    trail = [("suscriptores:index", gettext_lazy("Suscriptores"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = Suppression.objects.values("reason").annotate(count=Count("pk")).order_by("reason")
        reasons = [(Reason(row["reason"]).label, row["count"]) for row in counted]
        return super().get_context_data(reasons=reasons, **kwargs)

    def form_valid(self, form: AddressForm) -> HttpResponse:
        told = form.cleaned_data
        delivery.suppress(told["channel"], told["address"], reason=Reason.MANUAL, at=timezone.now())
        messages.success(self.request, _("A %(address)s ya no se le escribe.") % {"address": told["address"]})
        return redirect("suscriptores:index")
