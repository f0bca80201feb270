"""What the pages tell to machines, in schema.org's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from pregon.accounts.models import Office
from pregon.agenda.enums import State
from pregon.agenda.models import Act
from pregon.library.models import Photo
from pregon.newsroom.models import Bulletin, LiveBlog
from pregon.website.live import Shown

STATUS = {
    State.CONFIRMED: "https://schema.org/EventScheduled",
    State.TENTATIVE: "https://schema.org/EventScheduled",
    State.POSTPONED: "https://schema.org/EventPostponed",
    State.CANCELLED: "https://schema.org/EventCancelled",
}

#: Search engines read the latest; the page itself holds them all.
UPDATES = 30


def publisher(office: Office) -> dict[str, Any]:
    name = f"{office.name} · {office.municipality}" if office.municipality else office.name
    return {"@type": "GovernmentOrganization", "name": name, "url": settings.BASE_URL + "/"}


def bulletin_data(bulletin: Bulletin, *, office: Office, cover: Photo | None) -> dict[str, Any]:
    """A bulletin as a NewsArticle."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": bulletin.title,
        "description": bulletin.second_headline or bulletin.lead,
        "inLanguage": "es-MX",
        "url": settings.BASE_URL + bulletin.get_absolute_url(),
        "mainEntityOfPage": settings.BASE_URL + bulletin.get_absolute_url(),
        "isAccessibleForFree": True,
        "author": publisher(office),
        "publisher": publisher(office),
    }
    if bulletin.first_published_at:
        data["datePublished"] = bulletin.first_published_at.isoformat()
        data["dateModified"] = (bulletin.last_published_at or bulletin.first_published_at).isoformat()
    if cover and cover.copies:
        data["image"] = [
            f"{settings.BASE_URL}/fotos/{cover.public_id}/{copy['file']}" for copy in reversed(cover.copies)
        ]
    return data


def live_data(
    blog: LiveBlog, posts: Sequence[Shown], *, office: Office, changed_at: datetime
) -> dict[str, Any]:
    """A live coverage as a LiveBlogPosting, with its latest posts."""
    url = settings.BASE_URL + blog.get_absolute_url()
    start, end = blog.opened_at, blog.closed_at or blog.act.end
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": blog.title,
        "description": " ".join(blog.points) or blog.title,
        "inLanguage": "es-MX",
        "url": url,
        "datePublished": start.isoformat(),
        "dateModified": changed_at.isoformat(),
        "coverageStartTime": start.isoformat(),
        "about": {
            "@type": "Event",
            "name": blog.act.title,
            "startDate": blog.act.start.isoformat(),
            "location": {"@type": "Place", "name": blog.act.place, "address": blog.act.place},
        },
        "author": publisher(office),
        "publisher": publisher(office),
        "liveBlogUpdate": [
            {
                "@type": "BlogPosting",
                "headline": post.headline or post.text[:110] or blog.title,
                "datePublished": post.at.isoformat(),
                "dateModified": (post.corrected_at or post.at).isoformat(),
                "url": f"{url}#{post.origin}",
                "articleBody": post.text or post.headline,
            }
            for post in (one.post for one in posts[:UPDATES])
        ],
    }
    if end and end > start:
        data["coverageEndTime"] = end.isoformat()
    return data


def act_data(act: Act, *, office: Office) -> dict[str, Any]:
    """An act as an Event."""
    place: dict[str, Any] = {
        "@type": "Place",
        "name": act.place,
        "address": ", ".join(part for part in (act.place, office.municipality, office.state) if part),
    }
    if act.latitude is not None and act.longitude is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(act.latitude),
            "longitude": float(act.longitude),
        }
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": act.title,
        "startDate": act.start.isoformat(),
        "eventStatus": STATUS[State(act.state)],
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": place,
        "organizer": publisher(office),
        "url": settings.BASE_URL + act.get_absolute_url(),
    }
    if act.end:
        data["endDate"] = act.end.isoformat()
    if act.description:
        data["description"] = act.description
    return data
