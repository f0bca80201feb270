"""An alert on the desk: begun from a template, written on a phone, looked at as it will leave, sent by two persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, UpdateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.accounts.models import User
from pregon.alerts import actions as alerts
from pregon.alerts.briefs import area_of, audience_of, headline_of, hour, message_about
from pregon.alerts.enums import TONES, State, Status
from pregon.alerts.errors import AlertError
from pregon.alerts.forms import AlertForm, BeginForm, JustificationForm, WordForm
from pregon.alerts.models import Alert, AlertTemplate, ExtraordinaryMessage
from pregon.alerts.permissions import MAY_CONFIRM, MAY_JUSTIFY, MAY_SEE, MAY_WRITE
from pregon.alerts.queries import (
    alone_from,
    chain,
    dispatch_of,
    doubts,
    letters_to_seconds,
    may_be_taken_back,
    problems,
    reach_of,
    reached,
    waiting_for,
)
from pregon.alerts.tables import csv_lines
from pregon.core.work import Lane
from pregon.delivery import queries as ledger
from pregon.delivery.previews import seen_on
from pregon.delivery.registry import label_of
from pregon.delivery.views import framed


class AlertDesk(PermissionRequiredMixin, WagtailAdminTemplateMixin):
    """What the pages about alerts share."""

    raise_exception = True
    permission_required: Any = MAY_WRITE
    header_icon = "warning"
    trail: tuple[tuple[str, Any], ...] = (("alertas:index", gettext_lazy("Alertas")),)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.has_permission():
            raise PermissionDenied
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        trail = [{"url": reverse(name), "label": label} for name, label in self.trail]
        return [*self.breadcrumbs_items, *trail, {"url": "", "label": self.get_page_title()}]


def person(request: HttpRequest) -> User:
    """Who is asking; strangers were kept out before."""
    user: User = request.user  # type: ignore[assignment]
    return user


# --- Writing ------------------------------------------------------------------------------------------------


class BeginView(AlertDesk, TemplateView):
    """What happens? One large button for each answer."""

    template_name = "alerts/desk/begin.html"
    page_title = gettext_lazy("Nueva alerta")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(templates=AlertTemplate.objects.all(), **kwargs)


class FillView(AlertDesk, FormView[BeginForm]):
    """Real or drill, and the words that the template lacks."""

    template_name = "alerts/desk/fill.html"
    form_class = BeginForm
    page_title = gettext_lazy("Nueva alerta")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.template = get_object_or_404(AlertTemplate, slug=kwargs["slug"])

    def get_page_subtitle(self) -> str:
        return self.template.name

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"template": self.template}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(template=self.template, **kwargs)

    def form_valid(self, form: BeginForm) -> HttpResponse:
        made = alerts.begin(
            self.template,
            status=Status(form.cleaned_data["status"]),
            by=person(self.request),
            at=timezone.now(),
            words=form.words,
            localities=tuple(form.cleaned_data["localities"].values_list("pk", flat=True)),
        )
        return redirect("alerts_desk:edit", made.pk)


class EditView(AlertDesk, UpdateView[Alert, AlertForm]):
    """The words of a draft."""

    template_name = "alerts/desk/edit.html"
    form_class = AlertForm
    page_title = gettext_lazy("Escribir la alerta")
    context_object_name = "alert"

    def get_queryset(self) -> Any:
        return Alert.objects.select_related("thread", "replaces")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.only_a_draft() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        return self.only_a_draft() or super().post(request, *args, **kwargs)

    def only_a_draft(self) -> HttpResponse | None:
        if self.get_object().state == State.DRAFT:
            return None
        messages.error(self.request, _("Solo se escribe en un borrador: lo demás ya se propuso o ya salió."))
        return redirect("alerts_desk:sheet", self.kwargs["pk"])

    def form_valid(self, form: AlertForm) -> HttpResponse:
        """Somebody may have proposed it while this person was writing."""
        with transaction.atomic():
            if alerts.locked(form.instance).state == State.DRAFT:
                return super().form_valid(form)
        messages.error(self.request, _("Solo se escribe en un borrador: lo demás ya se propuso o ya salió."))
        return redirect("alerts_desk:sheet", self.kwargs["pk"])

    def get_success_url(self) -> str:
        return reverse("alerts_desk:sheet", args=[self.kwargs["pk"]])


# --- Looking, sending ---------------------------------------------------------------------------------------


class SheetView(AlertDesk, TemplateView):
    """One message: how it leaves on each channel, who has to say yes, and what may be done."""

    template_name = "alerts/desk/sheet.html"
    permission_required = MAY_SEE

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = Alert.objects.select_related("thread", "replaces", "proposer", "second", "author")
        self.alert = get_object_or_404(found, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return headline_of(self.alert)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        alert, at = self.alert, timezone.now()
        return super().get_context_data(
            alert=alert,
            headline=headline_of(alert),
            area=area_of(alert),
            zone=[drawn.strip() for drawn in (alert.polygon, alert.circle) if drawn.strip()],
            until=hour(alert.expires),
            tone=TONES[State(alert.state)],
            problems=problems(alert, at=at) if alert.state == State.DRAFT else [],
            doubts=doubts(alert, at=at) if not alert.sent else [],
            word=WordForm(),
            messages_of_chain=list(chain(alert)),
            dispatch=dispatch_of(alert),
            reached=[(label_of(kind), count) for kind, count in reached(alert).items()],
            record=getattr(alert, "record", None),
            **(self.step(at) | self.previews() | kwargs),
        )

    def step(self, at: datetime) -> dict[str, Any]:
        """What this person may do now."""
        alert, user = self.alert, person(self.request)
        writes, confirms = user.has_perm(MAY_WRITE), user.has_perm(MAY_CONFIRM)
        waiting, mine = alert.state == State.WAITING, alert.proposer_id == user.pk
        earliest = alone_from(alert) if waiting else None
        holds = alert.state == State.ACTIVE and alert.expires > at
        return {
            "may_write": writes and alert.state == State.DRAFT,
            "may_confirm": confirms and waiting and not mine,
            "is_proposer": waiting and mine,
            "alone_from": earliest,
            "may_send_alone": waiting and mine and earliest is not None and at >= earliest,
            "may_give_back": waiting and confirms,
            "may_follow": writes and holds,
            "may_take_back": confirms and may_be_taken_back(alert, at=at),
            "may_rehearse": writes and not alert.is_drill and not waiting,
            "asked": list(alert.asked.all()) if alert.proposed_at else [],
            "letters": letters_to_seconds(alert) if waiting else None,
        }

    def previews(self) -> dict[str, Any]:
        """How it leaves on each channel, and for how many."""
        message = message_about(self.alert)
        counts = sorted(
            ledger.head_counts(audience_of(self.alert), lane=Lane.ALERT), key=lambda each: -each.all
        )
        kinds = [count.kind for count in counts]
        asked = self.request.GET.get("canal", "")
        kind = asked if asked in kinds else next(iter(kinds), "")
        return {
            "counts": counts,
            "kind": kind,
            "seen": seen_on(kind, message) if kind else None,
            "sender": message.sender,
            "html_url": reverse("alerts_desk:seen_html", args=[self.alert.pk, kind]) if kind else "",
        }


class WaitingView(TemplateView):
    """What waits for this person's yes, for any page of the desk to show while it is open. Whoever may not give it is
    told that there is nothing to ask for."""

    template_name = "alerts/desk/waiting.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(MAY_CONFIRM):
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = [(alert, headline_of(alert)) for alert in waiting_for(person(self.request))]
        return super().get_context_data(waiting=found, **kwargs)


class SeenHtmlView(PermissionRequiredMixin, View):
    """The letter alone, for a frame that can do nothing but be looked at."""

    raise_exception = True
    permission_required = MAY_SEE

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        alert = get_object_or_404(Alert, pk=pk)
        return framed(lambda: seen_on(kind, message_about(alert)))


class ActView(AlertDesk, View):
    """One verb, pressed on the sheet."""

    permission_required = MAY_SEE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        found = self.verbs().get(verb)
        if found is None:
            raise Http404
        needed, act, said = found
        if not request.user.has_perm(needed):
            raise PermissionDenied
        alert = get_object_or_404(Alert, pk=pk)
        try:
            made = act(alert, request.POST.get("word", ""), timezone.now())
        except AlertError as refusal:
            messages.error(request, str(refusal))
            return redirect("alerts_desk:sheet", pk)
        if made is None:
            messages.success(request, said)
            return redirect("alertas:index")
        if made.state == State.WAITING and verb == "proponer":
            said = _("La alerta espera a la segunda persona. Todavía no sale.")
        if said:
            messages.success(request, said)
        return redirect("alerts_desk:edit" if made.state == State.DRAFT else "alerts_desk:sheet", made.pk)

    def read(self) -> datetime | None:
        """When what this person read was proposed."""
        try:
            return datetime.fromisoformat(self.request.POST.get("propuesta", ""))
        except ValueError:
            return None

    def verbs(self) -> dict[str, tuple[str, Callable[[Alert, str, datetime], Alert | None], str]]:
        """What may be pressed: who may, what it does, what is said then."""
        by = person(self.request)
        out = _("La alerta salió por todos los canales.")
        return {
            "proponer": (MAY_WRITE, lambda a, word, at: alerts.propose(a, by=by, at=at, word=word), out),
            "confirmar": (
                MAY_CONFIRM,
                lambda a, word, at: alerts.confirm(a, by=by, at=at, word=word, read=self.read()),
                out,
            ),
            "sola": (MAY_WRITE, lambda a, word, at: alerts.send_alone(a, by=by, at=at, word=word), out),
            "devolver": (
                MAY_CONFIRM,
                lambda a, _word, at: alerts.give_back(a, at=at),
                _("La alerta es otra vez un borrador."),
            ),
            "actualizar": (MAY_WRITE, lambda a, _word, at: alerts.update(a, by=by, at=at), ""),
            "cancelar": (MAY_WRITE, lambda a, _word, at: alerts.cancel(a, by=by, at=at), ""),
            "ensayar": (
                MAY_WRITE,
                lambda a, _word, at: alerts.rehearse(a, by=by, at=at),
                _("Esto es un simulacro: nunca podrá volverse real."),
            ),
            "fue-simulacro": (
                MAY_CONFIRM,
                lambda a, _word, at: alerts.it_was_a_drill(a, by=by, at=at),
                _("Se avisó por todos los canales que fue un simulacro."),
            ),
            "descartar": (
                MAY_WRITE,
                lambda a, _word, _at: alerts.discard(a),
                _("El borrador se descartó."),
            ),
        }


# --- The register -------------------------------------------------------------------------------------------


class RegisterView(AlertDesk, TemplateView):
    """Mensajes extraordinarios: each with where it went, and its justification or until when it is due."""

    template_name = "alerts/desk/register.html"
    permission_required = "alerts.view_extraordinarymessage"
    page_title = gettext_lazy("Mensajes extraordinarios")
    shown = 200

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = ExtraordinaryMessage.objects.select_related("alert", "alert__thread", "justified_by")
        rows = [
            (message, [(label_of(kind), count) for kind, count in reach_of(message).items()])
            for message in found.order_by("justified_at", "-sent_at")[: self.shown]
        ]
        return super().get_context_data(rows=rows, today=timezone.localdate(), **kwargs)


class RegisterCsvView(PermissionRequiredMixin, View):
    raise_exception = True
    permission_required = "alerts.view_extraordinarymessage"

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        answer = StreamingHttpResponse(csv_lines(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="mensajes-extraordinarios.csv"'
        return answer


class JustifyView(AlertDesk, FormView[JustificationForm]):
    """Why it could not wait."""

    template_name = "alerts/desk/justify.html"
    permission_required = MAY_JUSTIFY
    form_class = JustificationForm
    page_title = gettext_lazy("Justificación")
    trail = (
        *AlertDesk.trail,
        ("alerts_desk:register", gettext_lazy("Mensajes extraordinarios")),
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.message = get_object_or_404(
            ExtraordinaryMessage.objects.select_related("alert"), pk=kwargs["pk"]
        )

    def get_initial(self) -> dict[str, Any]:
        return {"justification": self.message.justification}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(message_told=self.message, **kwargs)

    def form_valid(self, form: JustificationForm) -> HttpResponse:
        alerts.justify(
            self.message,
            text=form.cleaned_data["justification"],
            by=person(self.request),
            at=timezone.now(),
        )
        messages.success(self.request, _("La justificación quedó escrita."))
        return redirect("alerts_desk:register")
