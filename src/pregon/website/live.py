"""What a live page says, put into words once for all three who ask: the page, its snapshot, and whoever has it open.

A reader's page takes in each post by its number and version, so that hearing of one twice changes nothing. Content
is read after the mark of the stream: it may be newer than the mark, never older.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from pregon.accounts.models import Office
from pregon.alerts.briefs import banners
from pregon.core.visibility import visible
from pregon.library.models import Photo
from pregon.newsroom.models import LiveBlog, LivePost
from pregon.website.models import Stream

#: The stream of every page that has none of its own.
SITE = "sitio"
#: How many posts a snapshot holds; a page that lacks more than that is asked for whole.
RECENT = 30


def stream_of(blog: LiveBlog) -> str:
    return f"cobertura-{blog.pk}"


def snapshot_path(stream: str) -> str:
    return f"/vivo/{stream}.json"


def alert_lines(at: datetime) -> str:
    """What the banner of every page says now; empty where nothing holds."""
    return render_to_string("website/parts/alert_lines.html", {"banners": banners(at)}).strip()


def mark_of(stream: str) -> dict[str, Any]:
    """How far the stream is."""
    found = Stream.objects.filter(name=stream).values("epoch", "last").first()
    return {"epoch": found["epoch"], "number": found["last"]} if found else {"epoch": "", "number": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A post as readers see it: its photo once the public may and its copies are there, and its last correction."""

    post: LivePost
    photo: Photo | None
    note: str

    @property
    def edition(self) -> int:
        """Grows with every change of what is seen."""
        return self.post.version * 2 + (self.photo is not None)

    @property
    def told(self) -> dict[str, Any]:
        """As a page takes it in; one that was taken away has no words."""
        html = "" if self.post.removed_at else self.html
        return {"id": self.post.pk, "version": self.edition, "html": html}

    @property
    def html(self) -> str:
        with timezone.override(Office.load().zone):
            return render_to_string("website/parts/live_post.html", {"shown": self}).strip()


def shown_of(blog: LiveBlog, at: datetime) -> list[Shown]:
    """What stands, newest first."""
    return shown(blog.posts.standing().newest_first(), at=at)


def shown(posts: Iterable[LivePost], *, at: datetime) -> list[Shown]:
    ready = list(posts)
    wanted = [post.photo_id for post in ready if post.photo_id]
    public = visible(Photo.objects.filter(pk__in=wanted), at=at).exclude(copies=[])
    photos = public.in_bulk() if wanted else {}
    return [
        Shown(
            post=post,
            photo=photos.get(post.photo_id),
            note=post.correction if post.corrected_at else "",
        )
        for post in ready
    ]


def summary_of(blog: LiveBlog) -> str:
    return render_to_string("website/parts/live_summary.html", {"blog": blog}).strip()


def state_of(blog: LiveBlog) -> dict[str, Any]:
    with timezone.override(Office.load().zone):
        html = render_to_string("website/parts/live_state.html", {"blog": blog}).strip()
    return {"state": blog.state, "html": html}


def snapshot(blog: LiveBlog, *, at: datetime) -> dict[str, Any]:
    """All that a page needs to be as it would be had it heard everything."""
    mark = mark_of(stream_of(blog))
    posts = shown_of(blog, at)
    return {
        **mark,
        "over": blog.is_over,
        "state": state_of(blog),
        "summary": summary_of(blog),
        "versions": {str(one.post.pk): one.edition for one in posts},
        "posts": [one.told for one in posts[:RECENT]],
    }
