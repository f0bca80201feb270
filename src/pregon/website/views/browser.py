"""Readers whose browser subscribes by itself: its worker, the wish that it sends, and its farewell.

Nobody confirms: the browser asked its owner, and only it knows the address and the keys that it sends here. Whoever
knows them may end the subscription too. As with the form of the other channels, only a page of this site may post.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

import pregon
from pregon.accounts.models import Office
from pregon.core.sealing import SealBroken
from pregon.delivery import actions as delivery
from pregon.delivery.enums import Standing
from pregon.delivery.errors import DeliveryError, Rejected
from pregon.delivery.links import Links
from pregon.delivery.models import ChannelAccount, Subscriber
from pregon.delivery.queries import offered_channels
from pregon.delivery.registry import rehearse
from pregon.website.forms import CONSENT, PreferencesForm
from pregon.website.views.frame import from_this_site, public_page

KIND = "webpush"
LARGEST = 8 * 1024
T = TypeVar("T")
Asking = Callable[[HttpRequest, Mapping[str, Any], str], HttpResponse]


def browser_key() -> str:
    """What a browser needs to subscribe; "" while the office does not offer it."""
    account = ChannelAccount.objects.filter(kind=KIND).first()
    if account is None or KIND not in offered_channels():
        return ""
    try:
        return rehearse(KIND, account.options).public_key()
    except (DeliveryError, SealBroken):
        return ""


@public_page
def worker(request: HttpRequest) -> HttpResponse:
    """The script that shows a notice and keeps pages; at the top of the site, for it serves every page.

    Its version is the digest of all the rest, so that what a browser keeps belongs to the very script that kept it.
    """
    text = render_to_string("website/avisos.js", {"office": Office.load(request_or_site=request)})
    version = hashlib.blake2b(f"{pregon.__version__} {text}".encode(), digest_size=6).hexdigest()
    script = text.replace("{version}", version, 1)
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@public_page
def offer(request: HttpRequest) -> HttpResponse:
    """What the small box on other pages asks for when it is opened; so switching the channel bakes one file."""
    return JsonResponse({"key": browser_key()})


def asked_by_a_browser(view: Asking) -> Callable[[HttpRequest], HttpResponse]:
    """Reads what a browser sent; ``view`` gets the whole of it, and the address in its one spelling."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if not from_this_site(request):
            return refusal(_("Suscríbete desde la página de este sitio."), status=HTTPStatus.FORBIDDEN)
        try:
            told = json.loads(request.body[: LARGEST + 1])
            address = address_of(told["subscription"])
        except (ValueError, TypeError, KeyError, RecursionError):
            return refusal(_("El navegador no mandó su suscripción completa: vuelve a intentarlo."))
        except Rejected as wrong:
            return refusal(str(wrong))
        return view(request, told, address)

    return answer


@asked_by_a_browser
def join(request: HttpRequest, told: Mapping[str, Any], address: str) -> HttpResponse:
    if not browser_key():
        return refusal(_("La oficina no manda avisos a navegadores por ahora."), status=HTTPStatus.NOT_FOUND)
    form = PreferencesForm({name: told.get(name, []) for name in PreferencesForm.base_fields})
    if not form.is_valid():
        return refusal(_("Alguno de esos temas ya no existe: recarga la página y vuelve a elegir."))
    now = timezone.now()
    known = standing_at(address)
    subscriber = delivery.subscribe_directly(address, channel=KIND, name="", consent=str(CONSENT), at=now)
    topics, localities = form.cleaned_data["temas"], form.cleaned_data["localidades"]
    if former := former_of(told):  # the browser got another address: its owner chose already
        topics, localities = former.topics.all(), former.localities.all()
    elif told.get("add") and known:
        topics = both(known.topics.all(), topics)
        localities = both(known.localities.all(), localities)
    delivery.choose(subscriber, topics=topics, localities=localities)
    if former and former != subscriber:
        delivery.leave(former, at=now)
    answer = JsonResponse({"preferencias": Links(subscriber).preferences}, status=HTTPStatus.CREATED)
    answer["Cache-Control"] = "no-store"
    return answer


@asked_by_a_browser
def part(request: HttpRequest, told: Mapping[str, Any], address: str) -> HttpResponse:
    """The same yes whether it was known or not."""
    if known := Subscriber.objects.filter(channel=KIND, address=address).first():
        delivery.leave(known, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def address_of(subscription: Any) -> str:
    """The address in what a browser calls its subscription."""
    keys = subscription["keys"]
    address = f"{subscription['endpoint']}#{keys['p256dh']}.{keys['auth']}"
    account = ChannelAccount.objects.filter(kind=KIND).first() or ChannelAccount(kind=KIND)
    return rehearse(KIND, account.options).normalise(address)


def former_of(told: Mapping[str, Any]) -> Subscriber | None:
    """The subscription that this one takes the place of, while it stands."""
    try:
        address = address_of(told["former"])
    except (TypeError, KeyError, Rejected):
        return None
    return standing_at(address)


def standing_at(address: str) -> Subscriber | None:
    return Subscriber.objects.filter(channel=KIND, address=address, standing=Standing.CONFIRMED).first()


def both(chosen: Iterable[T], more: Iterable[T]) -> set[T]:
    """Whoever receives all already, or asks for all now, receives all: that is what nothing chosen says."""
    before, after = set(chosen), set(more)
    return before | after if before and after else set()


def refusal(sentence: str, *, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=status)
