"""Subscribing, confirming, choosing and leaving, without an account.

The form is baked, so it carries no token of ours: one printed on a page that everybody gets proves nothing. What
stands against misuse: only a page of this site may post it (``Sec-Fetch-Site`` or ``Origin``), a field that people
do not see stays empty, the action writes to the same address at most once in a while, and nothing is sent to it
afterwards unless its holder confirms. The pages behind a signed link need no other token either: nobody who lacks
the link can name its address. Every known and unknown address gets the same answer.
"""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from pregon.delivery import actions as delivery
from pregon.delivery.enums import Mode, Standing
from pregon.delivery.errors import BadLink
from pregon.delivery.links import holder_of
from pregon.delivery.models import Subscriber
from pregon.delivery.queries import modes, offered_channels
from pregon.website.forms import CONSENT, PreferencesForm, SubscribeForm
from pregon.website.views.browser import browser_key
from pregon.website.views.frame import from_this_site, in_office_hours

ONE_CLICK = "One-Click"
PUBLIC_NAME = re.compile(r"@(\w{5,32})", re.ASCII)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_office_hours
def subscribe(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return ask(request, SubscribeForm())
    if not from_this_site(request):
        return ask(request, SubscribeForm(), status=403)
    if "email" not in offered_channels():
        return ask(request, SubscribeForm(), status=409)
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return ask(request, form, status=422)
    if not form.cleaned_data["sitio"]:
        delivery.ask_to_subscribe(
            form.cleaned_data["correo"],
            channel="email",
            topics=form.cleaned_data["temas"],
            localities=form.cleaned_data["localidades"],
            frequency=form.cleaned_data["frecuencia"],
            consent=str(form.fields["acepto"].label),
            at=timezone.now(),
        )
    return HttpResponseRedirect("/suscripcion/gracias/", status=303)


def ask(request: HttpRequest, form: SubscribeForm, *, status: int = 200) -> HttpResponse:
    context = {
        "section": "subscription",
        "form": form,
        **by_mail(),
        "telegram": telegram_channel(),
        "browser_key": browser_key(),
        "consent": CONSENT,
    }
    return render(request, "website/subscribe.html", context, status=status)


def by_mail() -> dict[str, bool]:
    """Whether letters are promised, and whether they only go to the outbox of a sample office."""
    return {"mail": "email" in offered_channels(), "rehearsal": modes().get("email") != Mode.LIVE}


def telegram_channel() -> str:
    """The address of the office's own public channel; "" while it offers none. Following it tells us nothing."""
    if "telegram" not in offered_channels():
        return ""
    own = Subscriber.objects.confirmed().filter(channel="telegram", broadcast=True).order_by("pk")
    names = (PUBLIC_NAME.fullmatch(address) for address in own.values_list("address", flat=True))
    return next((f"https://t.me/{name[1]}" for name in names if name), "")


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "website/subscribe_thanks.html", {"section": "subscription", **by_mail()})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Asking with GET changes nothing: scanners of mail follow every link."""
    try:
        subscriber = holder_of(token, purpose="confirm")
    except BadLink as problem:
        return bad_link(request, problem)
    if request.method == "POST":
        delivery.confirm(subscriber, at=timezone.now())
    done = subscriber.standing == Standing.CONFIRMED
    return private(
        render(request, "website/subscribe_confirm.html", {"section": "subscription", "done": done})
    )


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    try:
        subscriber = holder_of(token, purpose="preferences")
    except BadLink as problem:
        return bad_link(request, problem)
    if subscriber.is_out:
        return private(render(request, "website/subscribe_out.html", {"section": "subscription"}))
    saved = False
    if request.method == "POST":
        form = PreferencesForm(request.POST)
        if form.is_valid():
            delivery.choose(
                subscriber, topics=form.cleaned_data["temas"], localities=form.cleaned_data["localidades"]
            )
            delivery.choose_frequency(subscriber, form.cleaned_data["frecuencia"], at=timezone.now())
            saved = True
    else:
        form = PreferencesForm(
            initial={
                "temas": subscriber.topics.all(),
                "localidades": subscriber.localities.all(),
                "frecuencia": subscriber.frequency,
            }
        )
    context = {"section": "subscription", "form": form, "saved": saved, "subscriber": subscriber}
    return private(render(request, "website/subscribe_preferences.html", context))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: a mail program posts here alone and gets a plain yes; a person sees a button, then a page."""
    one_click = request.method == "POST" and request.POST.get("List-Unsubscribe") == ONE_CLICK
    try:
        subscriber = holder_of(token, purpose="preferences")
    except BadLink as problem:
        if one_click:
            return HttpResponse(str(problem), content_type="text/plain; charset=utf-8", status=404)
        return bad_link(request, problem)
    if request.method == "POST":
        delivery.leave(subscriber, at=timezone.now())
    if one_click:
        return HttpResponse(_("Listo: ya no te escribiremos."), content_type="text/plain; charset=utf-8")
    done = subscriber.standing == Standing.LEFT
    return private(render(request, "website/subscribe_leave.html", {"section": "subscription", "done": done}))


def bad_link(request: HttpRequest, problem: BadLink) -> HttpResponse:
    context = {"section": "subscription", "problem": problem}
    return private(render(request, "website/subscribe_bad_link.html", context, status=404))


def private(answer: HttpResponse) -> HttpResponse:
    """The address of such a page is a key: no one else is told it, and no search engine keeps it."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
