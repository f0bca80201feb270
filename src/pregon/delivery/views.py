"""The delivery desk: what goes out, to whom, with what result, and exactly as its receiver sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, Min, Q
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from pregon.delivery import actions as delivery
from pregon.delivery.actions import pace
from pregon.delivery.actions.channels import set_up
from pregon.delivery.actions.tokens import keep
from pregon.delivery.enums import COLOURS, EXPLAINED, Handling, Mode, Reason, Standing, State
from pregon.delivery.errors import BadRoster, DeliveryError, NotTheOffices, UnknownChannel
from pregon.delivery.forms import (
    AddressForm,
    LedgerFilterForm,
    ModeForm,
    OfficeChannelForm,
    PaceForm,
    RosterForm,
    options_form,
)
from pregon.delivery.health import health_of
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Roster, Subscriber, Suppression
from pregon.delivery.previews import Seen, seen_of
from pregon.delivery.progress import Progress, going_out, progress_of, with_reasons
from pregon.delivery.reading import Column, read_table
from pregon.delivery.registry import build, channel_class, kinds, label_of
from pregon.delivery.tables import csv_lines, exported, workbook
from pregon.delivery.values import Picture

#: How the history of the desk names that somebody is written to again.
WRITE_AGAIN = "delivery.write_again"
PAGE = 20
LINES = 50
#: What a page shows of each: reasons and doubts of a channel, packages to pass on.
REASONS, DOUBTS, PACKAGES = 10, 10, 10
#: So many addresses that are no more in one dispatch may be the provider's fault.
MANY = 20
#: What a mail may do inside the desk: be looked at.
MAIL_POLICY = (
    "sandbox; default-src 'none'; img-src 'self' data: {site}; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'"
)


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

    @property
    def words(self) -> str:
        """The reason of its state, or what that state means."""
        return self.delivery.reason or str(EXPLAINED.get(State(self.delivery.state), ""))

    @property
    def may_retry(self) -> bool:
        person = self.delivery.subscriber
        return self.delivery.state == State.FAILED and not (person and person.standing == Standing.GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAlike:
    """Lines of one channel that failed for the same reason."""

    kind: str
    reason: str
    count: int
    #: How many have been settled on that channel at all.
    settled: int
    #: Of how many the address is no more, so that trying again would reach nobody.
    gone: int
    #: The first of them.
    line: Delivery

    @property
    def label(self) -> str:
        return label_of(self.kind)

    @property
    def may_retry(self) -> bool:
        return self.count > self.gone

    @property
    def advice(self) -> str:
        """What to do about it."""
        if self.gone >= MANY and self.gone * 2 >= self.settled:
            return _(
                "Les pasó a casi todos, así que pudo fallar el servidor: prueba el canal en Envíos, Canales, y cuando "
                "conteste vuelve a escribirles."
            )
        if not self.may_retry:
            return _("Ahí ya no se envía. Quien cambió de dirección puede suscribirse otra vez en el sitio.")
        if self.count > 1 and self.count * 2 >= self.settled:
            return _(
                "Les pasó a casi todos: prueba el canal en Envíos, Canales, y cuando conteste reintenta el grupo."
            )
        if self.count > 1:
            return _("Si ya se arregló la causa, reintenta el grupo; si no, revisa esas direcciones.")
        return _("Revisa la dirección con quien la dio; si está bien, reintenta.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """The lines of one channel that are in doubt: how many, and the first of them."""

    kind: str
    count: int
    lines: list[Delivery]

    @property
    def label(self) -> str:
        return label_of(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a person pastes into a channel that no program may write to."""

    line: Delivery
    text: str
    picture: Picture | None
    url: str

    @property
    def label(self) -> str:
        return label_of(self.line.channel)


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
            progress=progress_of(shown[:PAGE], at=timezone.now()),
            older_url=older,
            newest_url=here if before else "",
            **kwargs,
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
        at = timezone.now()
        one = with_reasons(progress_of([dispatch], at=at)[0], at=at)
        return super().get_context_data(one=one, **kwargs)


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
    """One dispatch: live progress, what waits for a hand, what failed and why, what is in doubt, and every line."""

    template_name = "delivery/desk/dispatch.html"
    page_title = gettext_lazy("Envío")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dispatch = self.dispatch_asked
        at = timezone.now()
        one = with_reasons(progress_of([dispatch], at=at)[0], at=at)
        return super().get_context_data(
            dispatch=dispatch,
            one=one,
            previews=channels_shown(dispatch),
            failures=failures_of(one),
            doubts=doubts_of(one),
            packages=packages_of(one) if self.request.user.has_perm("delivery.change_delivery") else [],
            posts=[LedgerLine(delivery=line) for line in public_posts(dispatch)],
            **self.lines(one),
            **kwargs,
        )

    def lines(self, one: Progress) -> dict[str, Any]:
        """One page of the ledger: channel by channel, what needs a person first, in the order of their numbers."""
        form = LedgerFilterForm(self.request.GET, channels=[(bar.kind, bar.label) for bar in one.bars])
        chosen = (
            {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
        )
        after = self.request.GET.get("despues", "")
        shown = ledger_page(
            one.dispatch,
            channels=[chosen["channel"]] if "channel" in chosen else [bar.kind for bar in one.bars],
            states=[State(chosen["state"])] if "state" in chosen else list(READING),
            after=after,
        )
        here = f"{reverse('envios:dispatch', args=[self.dispatch_asked.pk])}?{urlencode(chosen)}"
        last = shown[LINES - 1] if len(shown) > LINES else None
        return {
            "filter": form,
            "lines": [LedgerLine(delivery=line) for line in shown[:LINES]],
            "older_url": f"{here}&despues={last.channel}.{last.state}.{last.pk}#libro" if last else "",
            "newest_url": f"{here}#libro" if after else "",
        }


#: The order in which a person wants to read a ledger.
READING = (
    State.UNCERTAIN,
    State.FAILED,
    State.LEASED,
    State.DUE,
    State.WITHHELD,
    State.SENT,
    State.DELIVERED,
    State.SUPPRESSED,
)


def ledger_page(
    dispatch: Dispatch, *, channels: list[str], states: list[State], after: str
) -> list[Delivery]:
    """The next lines, and one more if there is one. Each group is read along the index, so that a page in the middle
    of a million costs as much as the first."""
    kind, state, number = [*after.split(".", 2), "", "", ""][:3]
    groups = [(channel, each.value) for channel in channels for each in states]
    begin = groups.index((kind, state)) if (kind, state) in groups and number.isdecimal() else 0
    found: list[Delivery] = []
    for place, (channel, each) in enumerate(groups[begin:]):
        lines = Delivery.objects.filter(dispatch=dispatch, channel=channel, state=each)
        lines = lines.select_related("subscriber").order_by("pk")
        if place == 0 and number.isdecimal():
            lines = lines.filter(pk__gt=int(number))
        found += lines[: LINES + 1 - len(found)]
        if len(found) > LINES:
            break
    return found


def failures_of(one: Progress) -> list[FailedAlike]:
    """What failed, the commonest reason first. Only channels on which something did are asked."""
    found = []
    for bar in one.bars:
        if not bar.tally.failed:
            continue
        failed = Delivery.objects.filter(dispatch=one.dispatch, channel=bar.kind, state=State.FAILED)
        nobody = Count("pk", filter=Q(subscriber__standing=Standing.GONE))
        alike = failed.values_list("reason").annotate(count=Count("pk"), gone=nobody, line=Min("pk"))
        groups = list(alike.order_by("-count", "reason")[:REASONS])
        first = Delivery.objects.in_bulk([line for *_words, line in groups])
        found += [
            FailedAlike(
                kind=bar.kind,
                reason=reason,
                count=count,
                settled=bar.tally.settled,
                gone=gone,
                line=first[line],
            )
            for reason, count, gone, line in groups
        ]
    return sorted(found, key=lambda group: -group.count)


def doubts_of(one: Progress) -> list[Doubts]:
    return [
        Doubts(
            kind=bar.kind,
            count=bar.tally.uncertain,
            lines=list(
                Delivery.objects.filter(
                    dispatch=one.dispatch, channel=bar.kind, state=State.UNCERTAIN
                ).order_by("pk")[:DOUBTS]
            ),
        )
        for bar in one.bars
        if bar.tally.uncertain
    ]


def packages_of(one: Progress) -> list[Package]:
    """What waits for a person's hand, ready to paste."""
    found = []
    for bar in one.bars:
        if not bar.to_pass_on:
            continue
        message = one.dispatch.message
        preview = seen_of(one.dispatch, bar.kind).preview
        if preview is None:  # its own page says why
            continue
        lines = Delivery.objects.filter(dispatch=one.dispatch, channel=bar.kind, state=State.WITHHELD)
        found += [
            Package(line=line, text=preview.text.strip(), picture=message.picture, url=message.url)
            for line in lines.order_by("pk")[:PACKAGES]
        ]
    return found


def public_posts(dispatch: Dispatch) -> list[Delivery]:
    """Where the public reads it: what went to the office's own channels, and has an address."""
    own = list(Subscriber.objects.filter(broadcast=True).values_list("channel", "address"))
    lines = Delivery.objects.filter(
        dispatch=dispatch,
        channel__in={channel for channel, _address in own},
        destination__in=[address for _channel, address in own],
    )
    return list(lines.exclude(url="").order_by("channel", "pk"))


class PreviewView(OneDispatch, TemplateView):
    """Each outgoing message as its receiver sees it."""

    template_name = "delivery/desk/preview.html"
    page_title = gettext_lazy("Vista")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        items[-1]["url"] = reverse("envios:dispatch", args=[self.dispatch_asked.pk])
        return [*items, {"url": "", "label": label_of(self.kwargs["kind"])}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind, dispatch = kwargs.pop("kind"), self.dispatch_asked
        try:
            seen = seen_of(dispatch, kind)
        except UnknownChannel as missing:
            raise Http404(str(missing)) from missing
        return super().get_context_data(
            dispatch=dispatch,
            kind=kind,
            seen=seen,
            sender=dispatch.message.sender,
            previews=channels_shown(dispatch),
            html_url=reverse("envios:preview_html", args=[dispatch.pk, kind]),
            **kwargs,
        )


class PreviewHtmlView(PermissionRequiredMixin, View):
    """The HTML of a mail, alone, for a frame that may neither run script nor submit nor call out."""

    raise_exception = True
    permission_required = "delivery.view_dispatch"

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        dispatch = get_object_or_404(Dispatch, pk=pk)
        return framed(lambda: seen_of(dispatch, kind))


def framed(look: Callable[[], Seen]) -> HttpResponse:
    """What a frame on the desk shows: a page that can do nothing but be looked at."""
    try:
        seen = look()
    except UnknownChannel as missing:
        raise Http404(str(missing)) from missing
    if seen.preview is None:
        raise Http404(seen.problem)
    answer = HttpResponse(seen.preview.html)
    answer["Content-Security-Policy"] = MAIL_POLICY.format(site=settings.BASE_URL)
    return answer


class ChannelsView(DeskPage, TemplateView):
    """Every installed channel: how it fares, and what a person should know of it."""

    permission_required = "delivery.view_channelaccount"
    template_name = "delivery/desk/channels.html"
    page_title = gettext_lazy("Canales")
    trail = [("envios:index", gettext_lazy("Envíos"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = {account.kind: account for account in ChannelAccount.objects.all()}
        at = timezone.now()
        shown = [health_of(accounts.get(kind) or ChannelAccount(kind=kind), at=at) for kind in kinds()]
        return super().get_context_data(channels=shown, **kwargs)


class ChannelView(DeskPage, TemplateView):
    """One channel: how it fares, its mode, its options and its pace, and the provider's answer to "do you know us?"."""

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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at, limits = timezone.now(), channel_class(self.kind).limits
        return super().get_context_data(
            label=label_of(self.kind),
            health=health_of(self.account, at=at),
            limits=limits,
            per_day=pace.per_day(self.account),
            spent=pace.spent(self.kind, at=at),
            **kwargs,
        )

    def forms(self, data: Any = None) -> dict[str, Any]:
        options_class = channel_class(self.kind).options_class
        return {
            "mode": ModeForm(data, initial={"mode": self.account.mode}),
            "options": options_form(options_class, stored=self.account.options, data=data),
            "pace": PaceForm(
                data,
                initial={"per_minute": self.account.per_minute, "per_day": self.account.per_day},
                prefix="ritmo",
            ),
        }

    def show(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(**self.forms())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = self.forms(request.POST)
        mode, options, pacing = asked["mode"], asked["options"], asked["pace"]
        if not (mode.is_valid() and options.is_valid() and pacing.is_valid()):
            return self.show(**asked)
        try:
            self.account = set_up(
                self.kind,
                mode=Mode(mode.cleaned_data["mode"]),
                values={name: value for name, value in options.cleaned_data.items() if value is not None},
                by=request.user,  # type: ignore[arg-type]  # the permission keeps strangers out
                at=timezone.now(),
                **pacing.cleaned_data,
            )
        except DeliveryError as refusal:
            return self.show(answer=str(refusal), answer_tone="bad", **asked)
        if request.POST.get("do") == "check":
            answer, tone = ask(self.account, at=timezone.now())
            self.account.refresh_from_db()
            return self.show(answer=answer, answer_tone=tone, **self.forms())
        messages.success(request, _("%(channel)s quedó guardado.") % {"channel": label_of(self.kind)})
        return redirect("canales:index")


def ask(account: ChannelAccount, *, at: datetime) -> tuple[str, str]:
    """What the provider says to our credentials, and how long they live. It takes as long as the channel lets a
    provider take, and no longer."""
    try:
        channel = build(account.kind, account.options)
        who = channel.check()
        token = channel.token()
    except DeliveryError as refusal:
        return str(refusal), "bad"
    if token is not None:
        keep(account, token, at=at)
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
        try:
            delivery.add_office_channel(
                told["address"], channel=told["channel"], name=told["name"], at=timezone.now()
            )
        except NotTheOffices as refusal:
            form.add_error("address", str(refusal))
            return self.form_invalid(form)
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


class WriteAgainView(DeskPage, TemplateView):
    """A person knows that an address does receive, whatever a provider once said of it."""

    permission_required = "delivery.change_subscriber"
    template_name = "delivery/desk/write_again.html"
    page_title = gettext_lazy("Volver a escribirle")
    trail = [("suscriptores:index", gettext_lazy("Suscriptores"))]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.subscriber = get_object_or_404(Subscriber, pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = delivery.bounced().filter(pk=self.subscriber.pk).exists()
        last = Delivery.objects.filter(subscriber=self.subscriber, state=State.FAILED).order_by("-pk").first()
        return super().get_context_data(subscriber=self.subscriber, may=may, last=last, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if delivery.write_again(Subscriber.objects.filter(pk=self.subscriber.pk)):
            name = _("Suscriptor %(number)s") % {
                "number": self.subscriber.pk
            }  # its address may be erased one day
            log(self.subscriber, WRITE_AGAIN, user=request.user, title=name)
            said = _("A %(address)s se le vuelve a escribir.") % {"address": self.subscriber.address}
            messages.success(request, said)
        else:
            messages.error(
                request, _("No volvió: solo vuelve quien había confirmado y dejó de recibir sin pedirlo.")
            )
        return redirect("suscriptores:index")


# --- Lists of subscribers -----------------------------------------------------------------------------------

#: What became of the lines of a list, in the order in which a person asks: its words and its tone.
FATES = {
    "confirmed": (ngettext_lazy("recibe desde ahora", "reciben desde ahora"), "ok"),
    "pending": (
        ngettext_lazy(
            "queda por confirmar y no recibe boletines", "quedan por confirmar y no reciben boletines"
        ),
        "warn",
    ),
    "known": (
        ngettext_lazy("ya estaba: no se le cambia nada", "ya estaban: no se les cambia nada"),
        "soft",
    ),
    "left": (
        ngettext_lazy(
            "se había dado de baja o ya no existe: no se le vuelve a escribir",
            "se habían dado de baja o ya no existen: no se les vuelve a escribir",
        ),
        "soft",
    ),
    "suppressed": (
        ngettext_lazy("pidió que no se le escriba: no entra", "pidieron que no se les escriba: no entran"),
        "soft",
    ),
    "bad": (ngettext_lazy("tiene un problema: no entra", "tienen un problema: no entran"), "bad"),
}
#: As many lines are shown as they were read: enough to see that names are whole and columns the right ones.
SAMPLE = 5
HEADINGS = {
    Column.ADDRESS: gettext_lazy("Dirección"),
    Column.NAME: gettext_lazy("Nombre"),
    Column.TOPICS: gettext_lazy("Temas"),
    Column.LOCALITIES: gettext_lazy("Localidades"),
    Column.CHANNEL: gettext_lazy("Canal"),
    Column.FREQUENCY: gettext_lazy("Frecuencia"),
    Column.CONSENT: gettext_lazy("Consentimiento"),
    Column.CONSENT_ON: gettext_lazy("Fecha de consentimiento"),
}
HANDLING_TONES = {
    Handling.UPLOADED: "live",
    Handling.REFUSED: "bad",
    Handling.CHECKED: "warn",
    Handling.APPROVED: "live",
    Handling.IMPORTED: "ok",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSample:
    """The first lines of a list as they were read, and whether that was a guess."""

    headings: list[Any]
    rows: list[tuple[int, list[str]]]
    guessed: bool


def sample_of(roster: Roster) -> RosterSample | None:
    """Read anew each time: nothing of a list outlives its file."""
    if roster.handling != Handling.CHECKED or roster.content is None:
        return None
    try:
        table = read_table(bytes(roster.content))
        lines = list(islice(table.lines, SAMPLE))
    except BadRoster:
        return None
    columns = [column for column in HEADINGS if column in table.columns]
    return RosterSample(
        headings=[HEADINGS[column] for column in columns],
        rows=[(line.number, [line[column] for column in columns]) for line in lines],
        guessed=table.guessed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterState:
    """A list with its words."""

    roster: Roster

    @property
    def tone(self) -> str:
        return "soft" if self.nothing else HANDLING_TONES[Handling(self.roster.handling)]

    @property
    def words(self) -> str:
        handling = Handling(self.roster.handling)
        return _("Revisada: no hay nada que importar") if self.nothing else str(handling.label)

    @property
    def waiting(self) -> bool:
        return self.roster.handling in {Handling.UPLOADED, Handling.APPROVED}

    @property
    def may_approve(self) -> bool:
        return bool(self.roster.handling == Handling.CHECKED and self.entering and not self.forgotten)

    @property
    def nothing(self) -> str:
        """Why a list that was checked has nothing to be taken in; "" for one that has."""
        if self.roster.handling != Handling.CHECKED or self.entering:
            return ""
        if not any(self.counts.values()):
            return _("La lista solo tiene encabezados: agrega una línea por persona y súbela otra vez.")
        if self.counts.get("bad"):
            return _("Ninguna línea puede entrar: corrige las que tienen problema y sube la lista otra vez.")
        return _("Nadie de esta lista es nuevo: no hay nada que hacer con ella.")

    @property
    def forgotten(self) -> bool:
        """Whether its file was deleted before anybody took it in."""
        return self.roster.handling == Handling.CHECKED and bool(self.roster.content is None)

    @property
    def sample(self) -> RosterSample | None:
        return sample_of(self.roster)

    @property
    def counts(self) -> dict[str, int]:
        told: dict[str, dict[str, int]] = self.roster.counts
        return told.get("taken") or told.get("checked") or {}

    @property
    def lines(self) -> list[tuple[int, str, str]]:
        return [
            (count, words % count, tone)
            for fate, (words, tone) in FATES.items()
            if (count := self.counts.get(fate, 0))
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
