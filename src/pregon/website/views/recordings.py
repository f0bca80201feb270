"""Podcast and videos: their lists, one of them, and what a player reads beside it: captions and chapters."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from pregon.accounts.models import Office
from pregon.core import palette
from pregon.core.visibility import visible
from pregon.library import captions
from pregon.newsroom.models import Episode, Recording, Video
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

LISTED = 120
#: The side that directories of podcasts ask for at least.
COVER_SIDE = 1400


@public_page
def podcast(request: HttpRequest) -> HttpResponse:
    episodes = shelf.pieces(Episode, timezone.now())[:LISTED]
    return render(request, "website/podcast.html", {"section": "podcast", "episodes": episodes})


@public_page
def videos(request: HttpRequest) -> HttpResponse:
    found = shelf.pieces(Video, timezone.now())[:LISTED]
    return render(request, "website/videos.html", {"section": "videos", "videos": found})


def public_recording(kind: type[Recording], slug: str) -> Any:
    public = visible(kind.objects.all(), at=timezone.now()).select_related("department", "recording")
    return get_object_or_404(public, slug=slug)


@public_page
def episode(request: HttpRequest, slug: str) -> HttpResponse:
    found = public_recording(Episode, slug)
    return render(request, found.template, found.get_context(request))


@public_page
def video(request: HttpRequest, slug: str) -> HttpResponse:
    found = public_recording(Video, slug)
    return render(request, found.template, found.get_context(request))


@public_page
def episode_captions(request: HttpRequest, slug: str) -> HttpResponse:
    return captions_of(public_recording(Episode, slug))


@public_page
def video_captions(request: HttpRequest, slug: str) -> HttpResponse:
    return captions_of(public_recording(Video, slug))


def captions_of(recording: Recording) -> HttpResponse:
    """Written anew from what was understood: nothing else that somebody pasted goes along."""
    if not recording.cues:
        raise Http404
    return HttpResponse(captions.render(recording.cues), content_type="text/vtt; charset=utf-8")


@public_page
def episode_chapters(request: HttpRequest, slug: str) -> HttpResponse:
    """https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md"""
    chapters = public_recording(Episode, slug).chapter_list
    if not chapters:
        raise Http404
    told = [{"startTime": chapter.start, "title": chapter.title} for chapter in chapters]
    return JsonResponse({"version": "1.2.0", "chapters": told}, json_dumps_params={"ensure_ascii": False})


@public_page
def podcast_cover(request: HttpRequest) -> HttpResponse:
    """The podcast's picture in the office's colours, as large as directories ask for it."""
    import pyvips  # heavy, and only this view needs it

    office = Office.load(request_or_site=request)
    vips: Any = pyvips
    ground = rgb(palette.readable(office.brand, on=[palette.WHITE]))
    words = vips.Image.text(
        f"<b>{escaped('Podcast')}</b>\n<span size='60%'>{escaped(office.municipality or office.name)}</span>",
        font="serif",
        width=COVER_SIDE - 280,
        height=COVER_SIDE // 2,
        align="centre",
    )
    mask = words.gravity("centre", COVER_SIDE, COVER_SIDE)
    stripe = vips.Image.black(COVER_SIDE, 60).new_from_image(rgb(office.gold))
    picture = mask.ifthenelse([255, 255, 255], ground, blend=True).insert(stripe, 0, COVER_SIDE - 60)
    answer = picture.copy(interpretation="srgb").cast("uchar").write_to_buffer(".png[strip]")
    return HttpResponse(answer, content_type="image/png")


def rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def escaped(text: str) -> str:
    """``text`` as Pango's markup takes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
