"""Bulletins: the latest, by month, by topic, one of them, and the search through all."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pregon.accounts.models import Topic
from pregon.core.visibility import visible
from pregon.newsroom.models import Bulletin
from pregon.website.forms import SearchForm, TypingForm
from pregon.website.queries import bulletins_beside, months_with_bulletins
from pregon.website.search import Suggestion, Words, acts_holding, find, suggest
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

LATEST = 20
PER_PAGE = 20
#: Long enough for whoever types the same after us, short enough for a bulletin that was just withdrawn.
CACHE_TYPING = "public, max-age=10"


@public_page
def latest(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    followed = shelf.topics(at)
    context = {
        "section": "news",
        "title": _("Boletines"),
        "bulletins": shelf.newest(LATEST, at=at),
        "topics": followed,
        "months": months_with_bulletins(),
        "empty": _("Aquí aparecerán los boletines en cuanto se publique el primero."),
    }
    return render(request, "website/bulletins.html", context)


@public_page
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    start, end = shelf.month_span(year, month)
    found = shelf.bulletins(timezone.now()).filter(first_published_at__gte=start, first_published_at__lt=end)
    bulletins = list(found.only(*shelf.OF_A_ROW))
    if not bulletins:
        raise Http404
    first = date(year, month, 1)
    beside = bulletins_beside(visible(Bulletin.objects.all(), at=timezone.now()), start, end)
    earlier, later = (timezone.localdate(moment) if moment else None for moment in beside)
    context = {
        "section": "news",
        "month": first,
        "bulletins": bulletins,
        "earlier": earlier,
        "later": later,
    }
    return render(request, "website/bulletins_month.html", context)


@public_page
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug)
    found = shelf.bulletins(timezone.now()).filter(topics=topic)
    context = {
        "section": "news",
        "topic": topic,
        "title": topic.name,
        "total": found.count(),
        "bulletins": found[:LATEST],
        "empty": _("Todavía no hay boletines de este tema; aquí aparecerán."),
    }
    return render(request, "website/bulletins_topic.html", context)


@public_page
def bulletin(request: HttpRequest, slug: str) -> HttpResponse:
    """One bulletin; a withdrawn one answers that it is gone, since when and why, and nothing of its text."""
    public = visible(Bulletin.objects.all(), at=timezone.now())
    found = public.filter(slug=slug).select_related("department", "act__album", "album").first()
    if found is not None:
        return render(request, found.template, found.get_context(request))
    taken_back = Bulletin.objects.filter(slug=slug, withdrawn_at__isnull=False, number__isnull=False)
    gone = taken_back.select_related("withdrawal").first()
    if gone is None:
        raise Http404
    context: dict[str, Any] = {
        "section": "news",
        "folio": gone.folio,
        "withdrawn_at": gone.withdrawn_at,
        "reason": gone.withdrawal.reason if hasattr(gone, "withdrawal") else "",
    }
    return render(request, "website/withdrawn.html", context, status=410)


@public_page
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    asked = form.is_valid() and any(form.cleaned_data.values())
    found = shelf.bulletins(timezone.now())
    if asked:
        found = find(found, **form.cleaned_data)
    pages = Paginator(found, PER_PAGE)
    page = pages.get_page(request.GET.get("pagina"))
    query = request.GET.copy()
    query.pop("pagina", None)
    words = Words(form.cleaned_data.get("q", ""))
    context = {
        "section": "news",
        "form": form,
        "asked": asked,
        "words": words,
        "acts": acts_holding(words, at=timezone.now()) if page.number == 1 and not form.narrowed else [],
        "page": page,
        "bulletins": page.object_list,
        "total": pages.count,
        "query": query.urlencode(),
    }
    return render(request, "website/search.html", context)


@public_page
def typing(request: HttpRequest) -> HttpResponse:
    """What may be meant while somebody types; the page of the search does without."""
    form = TypingForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"error": form.errors["q"][0]}, status=422)
    found = suggest(form.cleaned_data["q"], at=timezone.now())
    many = len(found)
    told = ngettext("%(many)d sugerencia.", "%(many)d sugerencias.", many) % {"many": many}
    answer = JsonResponse(
        {
            "said": told if found else _("Sin sugerencias; con «Buscar» se ve todo."),
            "found": [as_json(suggestion) for suggestion in found],
        },
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Cache-Control"] = CACHE_TYPING
    answer["X-Robots-Tag"] = "noindex"
    return answer


def as_json(suggestion: Suggestion) -> dict[str, Any]:
    day = date_format(timezone.localtime(suggestion.at), "j \\d\\e F \\d\\e Y").lower()
    return {
        "title": suggestion.title,
        "url": suggestion.url,
        "about": _("%(kind)s · %(day)s") % {"kind": suggestion.kind, "day": day},
    }
