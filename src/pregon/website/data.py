"""What the pages tell to machines, in schema.org's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from pregon.accounts.models import Office
from pregon.agenda.enums import State
from pregon.agenda.models import Act
from pregon.library.models import Photo
from pregon.newsroom.models import Bulletin, Episode, LiveBlog, Recording, Service, Video
from pregon.plan.models import Plan
from pregon.plan.reports.datasets import DATASETS, LICENCE_URL
from pregon.website.live import Shown
from pregon.website.queries import PODCAST_FEED, document_path

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


def service_data(service: Service, *, office: Office) -> dict[str, Any]:
    """A service or procedure as a GovernmentService."""
    address = settings.BASE_URL + service.get_absolute_url()
    channel: dict[str, Any] = {"@type": "ServiceChannel", "serviceUrl": service.online or address}
    if service.telephone:
        channel["servicePhone"] = {"@type": "ContactPoint", "telephone": service.telephone}
    if service.place:
        channel["serviceLocation"] = {"@type": "Place", "name": service.place, "address": service.place}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": service.title,
        "description": service.summary,
        "url": address,
        "provider": {
            "@type": "GovernmentOrganization",
            "name": str(service.department or office),
            "parentOrganization": publisher(office),
        },
        "areaServed": {"@type": "AdministrativeArea", "name": f"{office.municipality}, {office.state}"},
        "availableChannel": channel,
    }
    if service.who:
        data["audience"] = {"@type": "Audience", "audienceType": service.who}
    if service.amount is not None:
        data["offers"] = {"@type": "Offer", "price": str(service.amount), "priceCurrency": "MXN"}
    return data


def plan_data(plan: Plan, *, office: Office) -> dict[str, Any]:
    """The tables of a plan as a Dataset with its files."""
    url = f"{settings.BASE_URL}{plan.get_absolute_url()}datos/"
    title = f"{plan.title} {plan.year}"
    files = [(dataset.name, str(dataset.title)) for dataset in DATASETS.values()]
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title,
        "description": _("Metas, actividades y registros de «%(title)s», contados a partir de lo publicado.")
        % {"title": title},
        "url": url,
        "inLanguage": "es-MX",
        "isAccessibleForFree": True,
        "license": LICENCE_URL,
        "temporalCoverage": f"{plan.year}-01-01/{plan.year}-12-31",
        "spatialCoverage": {"@type": "Place", "name": f"{office.municipality}, {office.state}"},
        "creator": publisher(office),
        "publisher": publisher(office),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": said,
                "encodingFormat": kind,
                "contentUrl": f"{url}{name}.{form}",
            }
            for name, said in files
            for form, kind in (("csv", "text/csv"), ("json", "application/json"))
        ],
    }


def duration(seconds: int) -> str:
    """ISO 8601: PT12M5S."""
    minutes, rest = divmod(seconds, 60)
    return f"PT{minutes}M{rest}S" if minutes else f"PT{rest}S"


def recording_data(recording: Recording, *, office: Office, cover: Photo | None) -> dict[str, Any]:
    """An episode as a PodcastEpisode, a video as a VideoObject."""
    file: dict[str, Any] = {"transcript": "\n".join(passage.text for passage in recording.transcript)}
    if recording.file:
        file["contentUrl"] = settings.BASE_URL + document_path(recording.file)
        file["encodingFormat"] = recording.media_type
    if recording.seconds:
        file["duration"] = duration(recording.seconds)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "name": recording.title,
        "description": recording.summary,
        "url": settings.BASE_URL + recording.get_absolute_url(),
        "inLanguage": "es-MX",
        "isAccessibleForFree": True,
        "accessibilityFeature": ["captions", "transcript"],
        "publisher": publisher(office),
    }
    moment = recording.first_published_at.isoformat() if recording.first_published_at else ""
    if cover and cover.copies:
        data["image"] = f"{settings.BASE_URL}/fotos/{cover.public_id}/{cover.copies[-1]['file']}"
    if isinstance(recording, Video):
        data |= {"@type": "VideoObject", **file}
        if recording.url:
            data["contentUrl"] = recording.url
        if "image" in data:
            data["thumbnailUrl"] = data["image"]
        return data | ({"uploadDate": moment} if moment else {})
    data |= {
        "@type": "PodcastEpisode",
        "associatedMedia": {"@type": "AudioObject", **file},
        "partOfSeries": {
            "@type": "PodcastSeries",
            "name": str(office),
            "url": settings.BASE_URL + Episode.folder,
            "webFeed": settings.BASE_URL + PODCAST_FEED,
        },
    }
    if isinstance(recording, Episode) and recording.number:
        data["episodeNumber"] = recording.number
    return data | ({"datePublished": moment} if moment else {})
