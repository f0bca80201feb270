"""The buttons of a dispatch: views of one POST each, apart from the pages that show it.

What holds a dispatch back or lets it go on is done at once, for it can be undone at once; what cannot be undone asks
first, on a page that says what follows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.log_actions import log

from pregon.accounts.models import User
from pregon.delivery import actions as delivery
from pregon.delivery.actions.resolve import arrived, send_again
from pregon.delivery.enums import State
from pregon.delivery.errors import CalledOff, DeliveryError
from pregon.delivery.forms import PassedOnForm
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.delivery.progress import progress_of
from pregon.delivery.registry import kinds, label_of
from pregon.delivery.views import WRITE_AGAIN, OneDispatch


class Button(PermissionRequiredMixin, View, ABC):
    """What is only ever pressed. Whose session had ended is sent here by the login without the press: they come back to
    where the button is, and are told that nothing was done."""

    raise_exception = True
    permission_required = "delivery.change_delivery"
    http_method_names = ["get", "post"]

    @abstractmethod
    def dispatch_at(self, pk: int) -> Dispatch:
        """The dispatch that the button belongs to."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        asked = self.dispatch_at(pk)
        messages.error(request, _("No se hizo: la sesión había terminado. Vuelve a presionar el botón."))
        return HttpResponseRedirect(reverse("envios:dispatch", args=[asked.pk]))

    @property
    def person(self) -> User:
        return self.request.user  # type: ignore[return-value]  # the permission keeps strangers out


class Order(Button):
    """A word on a dispatch, given at once."""

    def dispatch_at(self, pk: int) -> Dispatch:
        return get_object_or_404(Dispatch.objects.defer("message_json"), pk=pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        dispatch = self.dispatch_at(pk)
        return answered(request, dispatch.pk, lambda: self.obey(dispatch, at=timezone.now()))

    def obey(self, dispatch: Dispatch, *, at: datetime) -> str:
        """Do it, and say so."""
        raise NotImplementedError


def answered(request: HttpRequest, dispatch: int, act: Any) -> HttpResponse:
    """Do ``act`` and go back to the dispatch with its sentence, or with the refusal."""
    try:
        said = act()
    except DeliveryError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("envios:dispatch", args=[dispatch]))


def must_go_on(dispatch: Dispatch, *, at: datetime) -> None:
    """Refuses when nothing of ``dispatch`` is left to be steered: a page may have been open for long."""
    dispatch.refresh_from_db(fields=["paused_at", "cancelled_at", "prepared_at"])
    if dispatch.cancelled_at:
        raise CalledOff
    if not progress_of([dispatch], at=at)[0].waiting:
        raise DeliveryError(_("Este envío ya terminó: no queda nada por salir."))


class PauseView(Order):
    def obey(self, dispatch: Dispatch, *, at: datetime) -> str:
        must_go_on(dispatch, at=at)
        if not delivery.pause(dispatch, at=at):
            must_go_on(dispatch, at=at)  # somebody was faster; if they paused it too, all is well
        return _("El envío está en pausa: nada más sale hasta que lo reanudes.")


class ResumeView(Order):
    def obey(self, dispatch: Dispatch, *, at: datetime) -> str:
        if not delivery.resume(dispatch):
            must_go_on(dispatch, at=at)
        return _("El envío sigue donde se quedó.")


class RetryView(Order):
    """All that failed, or what failed alike."""

    def obey(self, dispatch: Dispatch, *, at: datetime) -> str:
        kind = self.request.POST.get("channel", "")
        like = delivery.Failure(channel=kind, reason=self.request.POST.get("reason", "")) if kind else None
        again = delivery.retry(dispatch, by=self.person, at=at, like=like)
        if not again:
            raise DeliveryError(_("No había nada que intentar otra vez."))
        said = ngettext(
            "%(count)s mensaje se intenta otra vez.", "%(count)s mensajes se intentan otra vez.", again
        )
        return said % {"count": intcomma(again)}


class HurryView(Order):
    """Now, what its provider put off until later."""

    def obey(self, dispatch: Dispatch, *, at: datetime) -> str:
        must_go_on(dispatch, at=at)
        sooner = delivery.hurry(dispatch, self.request.POST.get("channel", ""), at=at)
        if not sooner:
            raise DeliveryError(_("No había nada que intentar antes."))
        said = ngettext("%(count)s mensaje se intenta ya.", "%(count)s mensajes se intentan ya.", sooner)
        return said % {"count": intcomma(sooner)}


class LineOrder(Button):
    """A word on one line of the ledger."""

    def line(self, pk: int) -> Delivery:
        return get_object_or_404(Delivery.objects.select_related("dispatch"), pk=pk)

    def dispatch_at(self, pk: int) -> Dispatch:
        return self.line(pk).dispatch

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        line = self.line(pk)
        return answered(request, line.dispatch_id, lambda: self.obey(line, at=timezone.now()))

    def obey(self, line: Delivery, *, at: datetime) -> str:
        raise NotImplementedError


class ResolveView(LineOrder):
    """The buttons of a line in doubt, and of one that failed."""

    def obey(self, line: Delivery, *, at: datetime) -> str:
        match self.request.POST.get("answer"):
            case "arrived":
                arrived(line, by=self.person, at=at)
            case "again" if line.dispatch.cancelled_at:
                raise CalledOff
            case "again":
                send_again(line, by=self.person, at=at)
            case "retry":
                delivery.retry(line.dispatch, by=self.person, at=at, line=line)
            case _other:
                raise Http404
        return _("Quedó anotado.")


class PassedOnView(LineOrder):
    """A person has published by hand what was laid out for them."""

    def obey(self, line: Delivery, *, at: datetime) -> str:
        form = PassedOnForm(self.request.POST)
        if not form.is_valid():
            raise DeliveryError(
                _("La dirección de la publicación no es un enlace: cópiala completa o déjala vacía.")
            )
        delivery.passed_on(line, by=self.person, at=at, url=form.cleaned_data["url"])
        return _("Quedó anotado que ya se publicó.")


# --- What asks first ----------------------------------------------------------------------------------------


class Confirmed(OneDispatch, TemplateView):
    """A word that cannot be taken back: a page says what follows, and a second press does it."""

    permission_required = "delivery.change_delivery"
    template_name = "delivery/desk/confirm.html"
    button: Any = gettext_lazy("Confirmar")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = super().get_breadcrumbs_items()
        items[-1]["url"] = reverse("envios:dispatch", args=[self.dispatch_asked.pk])
        return [*items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            dispatch=self.dispatch_asked, consequence=self.consequence(), button=self.button, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return answered(request, self.dispatch_asked.pk, lambda: self.obey(at=timezone.now()))

    def consequence(self) -> str:
        raise NotImplementedError

    def obey(self, *, at: datetime) -> str:
        raise NotImplementedError


class CancelView(Confirmed):
    page_title = gettext_lazy("Cancelar lo que falta")
    button = gettext_lazy("Cancelar lo que falta")

    def consequence(self) -> str:
        left = progress_of([self.dispatch_asked], at=timezone.now())[0].left
        said = ngettext(
            "%(count)s persona o canal todavía no lo recibe y ya no lo recibirá. A quien ya le llegó se le avisa "
            "con una corrección o un retiro del boletín.",
            "%(count)s personas o canales todavía no lo reciben y ya no lo recibirán. A quienes ya les llegó se "
            "les avisa con una corrección o un retiro del boletín.",
            left,
        )
        return said % {"count": intcomma(left)}

    def obey(self, *, at: datetime) -> str:
        must_go_on(self.dispatch_asked, at=at)
        if not delivery.cancel(self.dispatch_asked, at=at):
            raise CalledOff
        return _("El envío se canceló: lo que no había salido ya no sale.")


class ResolveAllView(Confirmed):
    """The same answer for every line of one channel that is in doubt."""

    page_title = gettext_lazy("Resolver lo que está en duda")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["answer"] not in {"si-llego", "enviar-otra-vez"} or kwargs["kind"] not in kinds():
            raise Http404
        self.kind, self.again = kwargs["kind"], kwargs["answer"] == "enviar-otra-vez"
        self.button = _("Enviar otra vez") if self.again else _("Sí llegaron")

    def consequence(self) -> str:
        doubtful = Delivery.objects.filter(
            dispatch=self.dispatch_asked, channel=self.kind, state=State.UNCERTAIN
        ).count()
        told = {"count": intcomma(doubtful), "channel": label_of(self.kind)}
        if self.again:
            return (
                ngettext(
                    "%(count)s mensaje en duda de %(channel)s sale otra vez. Si ya había llegado, lo reciben dos "
                    "veces.",
                    "%(count)s mensajes en duda de %(channel)s salen otra vez. Quienes ya lo tenían lo reciben dos "
                    "veces.",
                    doubtful,
                )
                % told
            )
        return (
            ngettext(
                "%(count)s mensaje en duda de %(channel)s se da por llegado y no se repite.",
                "%(count)s mensajes en duda de %(channel)s se dan por llegados y no se repiten.",
                doubtful,
            )
            % told
        )

    def obey(self, *, at: datetime) -> str:
        if self.again and self.dispatch_asked.cancelled_at:
            raise CalledOff
        settled = delivery.resolve_all(
            self.dispatch_asked,
            self.kind,
            to=State.DUE if self.again else State.SENT,
            by=self.request.user,  # type: ignore[arg-type]  # the permission keeps strangers out
            at=at,
        )
        said = ngettext("%(count)s quedó resuelto.", "%(count)s quedaron resueltos.", settled)
        return said % {"count": intcomma(settled)}


class WriteToAllAgainView(Confirmed):
    """The provider said of many at once that they are no more, and was wrong."""

    permission_required = "delivery.change_subscriber"
    page_title = gettext_lazy("Volver a escribirles")
    button = gettext_lazy("Volver a escribirles")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["kind"] not in kinds():
            raise Http404
        self.kind = kwargs["kind"]

    def people(self) -> QuerySet[Subscriber]:
        failed = Delivery.objects.filter(
            dispatch=self.dispatch_asked, channel=self.kind, state=State.FAILED, subscriber__isnull=False
        )
        return delivery.bounced().filter(pk__in=failed.values("subscriber"))

    def consequence(self) -> str:
        count = self.people().count()
        said = ngettext(
            "%(count)s persona de %(channel)s había confirmado y dejó de recibir porque en este envío se contestó que "
            "su dirección no existe. Desde ahora se le vuelve a escribir; si su dirección de verdad ya no existe, se "
            "vuelve a anotar sola.",
            "%(count)s personas de %(channel)s habían confirmado y dejaron de recibir porque en este envío se contestó "
            "que su dirección no existe. Desde ahora se les vuelve a escribir; la dirección que de verdad ya no exista "
            "se vuelve a anotar sola.",
            count,
        )
        return said % {"count": intcomma(count), "channel": label_of(self.kind)}

    def obey(self, *, at: datetime) -> str:
        back = delivery.write_again(self.people())
        if not back:
            raise DeliveryError(_("No había a quién volver a escribir: alguien lo resolvió antes."))
        log(
            self.dispatch_asked,
            WRITE_AGAIN,
            user=self.request.user,
            data={"people": back, "channel": self.kind},
        )
        said = ngettext(
            "A %(count)s persona se le vuelve a escribir. Para que reciba también este mensaje, pulsa Reintentar.",
            "A %(count)s personas se les vuelve a escribir. Para que reciban también este mensaje, pulsa Reintentar.",
            back,
        )
        return said % {"count": intcomma(back)}
