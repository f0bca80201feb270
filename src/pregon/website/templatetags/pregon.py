"""What the pages need and Django's own tags do not give: pictures in the right size, absolute addresses, data
for machines that cannot break out of its script, and the office's seal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django import template
from django.conf import settings
from django.template import Context
from django.template.defaultfilters import date as date_format
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.rich_text import expand_db_html
from wagtail.whitelist import Whitelister, allow_without_attributes, attribute_rule, check_url

from pregon.accounts.models import Locality, Office, Topic
from pregon.alerts.briefs import banners
from pregon.core.text import reading_minutes
from pregon.library.captions import clock
from pregon.library.models import Photo
from pregon.library.values import SHARED
from pregon.newsroom.models import Bulletin
from pregon.plan.contract import Record
from pregon.website import queries
from pregon.website.data import act_data, bulletin_data, live_data, plan_data, recording_data, service_data
from pregon.website.forms import CONSENT
from pregon.website.queries import document_path
from pregon.website.seals import drawn_seal
from pregon.website.search import Words
from pregon.website.values import Listed, Picture

register = template.Library()

# So that text inside a script element can never end it or open another.
ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
#: The width a browser without srcset gets.
FALLBACK_WIDTH = 960
#: What social networks ask for.
#: Wagtail's own small copy, which only the desk may open.
PREVIEW = "max-1200x1200"


class TextOnly(Whitelister):
    """The marks of the body's editor and of the privacy notice."""

    element_rules = {
        "[document]": allow_without_attributes,
        "a": attribute_rule({"href": check_url}),
        **dict.fromkeys(
            ("p", "br", "b", "strong", "i", "em", "ul", "ol", "li", "h2", "h3"), allow_without_attributes
        ),
    }


@register.inclusion_tag("website/parts/alert_banner.html")
def alert_banner() -> dict[str, Any]:
    """What holds now, on top of every page; an empty place for what may be told to a page that is open."""
    return {"banners": banners(timezone.now())}


@register.simple_tag
def absolute(path: str) -> str:
    """``path`` with the site in front, as other machines need it."""
    return f"{settings.BASE_URL}{path}"


@register.simple_tag
def webcal(path: str) -> str:
    """A calendar to subscribe to: the scheme by which the reader's own program opens it and keeps it up to date."""
    return f"webcal://{settings.BASE_URL.partition('://')[2]}{path}"


@register.simple_tag
def data_for_machines(data: dict[str, Any]) -> SafeString:
    """A schema.org description in its script element."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


@register.simple_tag
def news_article(bulletin: Any, office: Office, cover: Photo | None) -> SafeString:
    return data_for_machines(bulletin_data(bulletin, office=office, cover=cover))


@register.simple_tag
def live_blog(blog: Any, posts: Any, office: Office, changed_at: datetime) -> SafeString:
    return data_for_machines(live_data(blog, posts, office=office, changed_at=changed_at))


@register.simple_tag
def event(act: Any, office: Office) -> SafeString:
    return data_for_machines(act_data(act, office=office))


@register.simple_tag
def government_service(service: Any, office: Office) -> SafeString:
    return data_for_machines(service_data(service, office=office))


@register.simple_tag
def plan_tables(plan: Any, office: Office) -> SafeString:
    return data_for_machines(plan_data(plan, office=office))


@register.simple_tag
def recording_for_machines(recording: Any, office: Office, cover: Photo | None) -> SafeString:
    return data_for_machines(recording_data(recording, office=office, cover=cover))


@register.simple_tag
def sections() -> set[str]:
    """The lists beside the bulletins that have something to show: the bar and the foot name no other."""
    return queries.sections(timezone.now())


@register.simple_tag
def poster(cover: Photo | None) -> SafeString:
    """The picture that a player shows before it plays, as an attribute; nothing where there is none."""
    chosen = share_size(cover) if cover else None
    return format_html(' poster="{}"', chosen["url"]) if chosen else mark_safe("")


@register.filter
def dialled(telephone: str) -> str:
    """The digits of a telephone, as a phone dials them."""
    return re.sub(r"[^0-9+]", "", telephone.partition("ext")[0])


@register.filter
def telephones(written: str) -> list[str]:
    """The telephones of an office, which are written in one line; none breaks at the end of another."""
    return ["\u00a0".join(part.split()) for part in re.split(r"[·,;/]", written) if part.strip()]


@register.filter
def lasting(seconds: int) -> str:
    """How long a recording lasts: "12:05"."""
    return clock(seconds)


@register.simple_tag
def seal(office: Office) -> SafeString:
    """The office's seal, or one drawn from its colours; beside its name, so a screen reader skips it."""
    if office.seal:
        return mark_safe('<img class="seal" src="/escudo.png" alt="" width="48" height="48">')
    return render_to_string(
        "website/parts/seal.svg",
        {"initials": office.initials, "brand": "var(--band)", "gold": "var(--gold)"},
    )


@register.simple_tag
def icon(office: Office) -> str:
    """The drawn seal in an address of its own, so that the icon of a page is no request."""
    return "data:image/svg+xml," + quote(drawn_seal(office), safe=" /:=,.()")


@register.inclusion_tag("website/parts/picture.html", takes_context=True)
def picture(
    context: Context, photo: Photo | None, *, ratio: str = "", sizes: str = "100vw", first: bool = False
) -> dict[str, Any]:
    """A photo in the sizes that exist; nothing at all while none does, but for the desk's own preview."""
    shown = previewed(photo) if photo and context.get("preview") else picture_of(photo)
    return {"picture": shown, "ratio": ratio, "sizes": sizes, "first": first}


def picture_of(photo: Photo | None) -> Picture | None:
    copies = sorted(photo.copies, key=lambda copy: copy["width"]) if photo else []
    light = [copy for copy in copies if copy["file"].endswith(".webp")] or copies
    if photo is None or not light:
        return None
    fallback = next((copy for copy in light if copy["width"] >= FALLBACK_WIDTH), light[-1])
    return Picture(
        src=photo_url(photo, fallback["file"]),
        srcset=", ".join(f"{photo_url(photo, copy['file'])} {copy['width']}w" for copy in light),
        width=light[-1]["width"],
        height=light[-1]["height"],
        alternative=photo.alternative,
    )


def previewed(photo: Photo) -> Picture:
    small = photo.get_rendition(PREVIEW)
    return Picture(src=small.url, width=small.width, height=small.height, alternative=photo.alternative)


@register.inclusion_tag("website/parts/notify.html")
def notify_me(*, topics: Iterable[Topic] = (), localities: Iterable[Locality] = ()) -> dict[str, Any]:
    """The small box that offers notices: of these topics, and if wanted only for these localities."""
    wanted, places = list(topics), list(localities)
    query = urlencode([("temas", topic.pk) for topic in wanted])
    return {
        "topics": wanted,
        "localities": places,
        "names": get_text_list([topic.name for topic in wanted], _("o")),
        "query": f"?{query}" if query else "",
        "consent": CONSENT,
    }


@register.filter
def full_size(photo: Photo) -> dict[str, Any] | None:
    """The largest copy of a photo: address, size and weight; JPEG before any other of the same width."""
    if not photo.copies:
        return None
    best = max(photo.copies, key=lambda copy: (copy["width"], copy["file"].endswith(".jpg")))
    return {**best, "url": photo_url(photo, best["file"]), "extension": best["file"].rsplit(".", 1)[-1]}


@register.filter
def full_size_url(photo: Photo) -> str:
    full = full_size(photo)
    return full["url"] if full else ""


@register.filter
def share_size(photo: Photo) -> dict[str, Any] | None:
    """The copy that mail and social networks show."""
    if not photo.copies:
        return None
    chosen = next((copy for copy in photo.copies if copy["file"] == SHARED), photo.copies[-1])
    return {**chosen, "url": photo_url(photo, chosen["file"])}


@register.filter
def safe_text(source: str) -> SafeString:
    """Rich text with nothing but the few marks our editor offers, whoever wrote it into the database."""
    cleaned: str = TextOnly().clean(expand_db_html(source or ""))
    return mark_safe(cleaned)  # noqa: S308 - cleaned against a list


@register.filter
def host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")


@register.simple_tag(takes_context=True)
def shown(context: Context, photo: Photo | None) -> Photo | None:
    """``photo`` if the page may show it: the page asked the visibility gate once for all its photos."""
    allowed: dict[int, Photo] = context.get("photos") or {}
    return allowed.get(photo.pk) if photo else None


@register.simple_tag(takes_context=True)
def document_url(context: Context, document: Any) -> str:
    """Where an attached document is taken from: beside the page, or on the desk behind its login."""
    return str(document.url) if context.get("preview") else document_path(document)


@register.filter(expects_localtime=True)
def written(moment: date | None, form: str) -> str:
    """A date with its names in small letters, as Spanish writes them; Django's Mexican names begin with capitals."""
    if isinstance(moment, datetime):
        if HOURS.search(form):
            return date_format(moment, form).lower()
        moment = moment.date()
    return day_written(moment, form) if moment else ""


#: What in a form says more than the day: hours and their zone; what follows a backslash is said as it stands.
HOURS = re.compile(r"(?<!\\)[aABcefgGhHiIOPrsTuUZ]")


@lru_cache(maxsize=2048)
def day_written(day: date, form: str) -> str:
    """The same days stand on page after page, thousands of times on one."""
    return date_format(day, form).lower()


@register.simple_tag
def rows_of(records: tuple[Record, ...]) -> SafeString:
    """The evidence of one month. A month that is over says the same on page after page, year after year."""
    return _rows(records, get_language())


@lru_cache(maxsize=64)
def _rows(records: tuple[Record, ...], language: str) -> SafeString:
    return render_to_string("website/plan/records.html", {"records": records})


@register.simple_tag
def listed(bulletin: Bulletin, form: str, *, words: Words | None = None) -> SafeString:
    """``bulletin`` of a shelf as one of a list, a "row" or a "card". It says the same on page after page."""
    if words:
        return _listed.__wrapped__(listed_of(bulletin), form, get_language(), words)
    return _listed(listed_of(bulletin), form, get_language())


@lru_cache(maxsize=512)
def _listed(bulletin: Listed, form: str, language: str, words: Words | None = None) -> SafeString:
    return render_to_string(f"website/parts/{form}.html", {"bulletin": bulletin, "words": words})


def listed_of(bulletin: Any) -> Listed:
    published = timezone.localtime(bulletin.first_published_at)
    return Listed(
        url=bulletin.get_absolute_url(),
        title=bulletin.title,
        teaser=bulletin.second_headline or bulletin.lead,
        number=bulletin.number,
        folio=bulletin.folio,
        topic=next((topic.name for topic in bulletin.listed_topics), ""),
        department=str(bulletin.department or ""),
        published=published,
        zone=str(published.tzinfo),
        cover=picture_of(bulletin.cover),
    )


@register.filter
def minutes(bulletin: Any) -> int:
    return reading_minutes(f"{bulletin.lead} {bulletin.plain_body}")


@register.filter
def in_url(text: str) -> str:
    """``text`` as one value of a query."""
    return quote(str(text), safe="")


@register.filter
def marked(text: str, words: Words) -> SafeString:
    """``text`` with the words that were asked for marked; whatever it holds stays text."""
    pieces = (
        (format_html("<mark>{}</mark>", piece) if asked else piece,) for piece, asked in words.marked(text)
    )
    return format_html_join("", "{}", pieces)


@register.filter
def coordinate(value: Any) -> str:
    """Latitude or longitude for an address: a point, whatever the language."""
    return f"{value:f}"


def photo_url(photo: Photo, file: str) -> str:
    return f"/fotos/{photo.public_id}/{quote(file)}"
