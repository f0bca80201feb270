"""Live coverages: those under way and past, one of them, and the snapshots that open pages catch up from."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from pregon.core.visibility import may_see, visible
from pregon.newsroom.models import LiveBlog
from pregon.website import live
from pregon.website.views.frame import public_page

LISTED = 60


@public_page
def coverages(request: HttpRequest) -> HttpResponse:
    blogs = visible(LiveBlog.objects.select_related("act"), at=timezone.now())[:LISTED]
    context = {
        "section": "live",
        "now": [blog for blog in blogs if not blog.is_over],
        "past": [blog for blog in blogs if blog.is_over],
    }
    return render(request, "website/live.html", context)


@public_page
def coverage(request: HttpRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    blog = visible(LiveBlog.objects.select_related("act", "bulletin"), at=at).filter(slug=slug).first()
    if blog is None:
        raise Http404
    posts = live.shown_of(blog, at)
    changes = [one.post.corrected_at or one.post.at for one in posts]
    context = {
        "section": "live",
        "blog": blog,
        "posts": posts,
        "stream": "" if blog.is_over else live.stream_of(blog),
        "bulletin": blog.bulletin if blog.bulletin and may_see(blog.bulletin, at=at) else None,
        "changed_at": max(changes, default=blog.opened_at),
    }
    return render(request, "website/live_coverage.html", context)


@public_page
def coverage_snapshot(request: HttpRequest, pk: int) -> HttpResponse:
    at = timezone.now()
    blog = visible(LiveBlog.objects.all(), at=at).filter(pk=pk).first()
    if blog is None:
        raise Http404
    told = live.snapshot(blog, at=at)
    return answer(told | {"alerts": live.alert_lines(at)})


@public_page
def site_snapshot(request: HttpRequest) -> HttpResponse:
    mark = live.mark_of(live.SITE)
    return answer(mark | {"alerts": live.alert_lines(timezone.now())})


def answer(data: dict[str, object]) -> HttpResponse:
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})
