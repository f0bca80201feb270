"""Posts to the office's Facebook Page; a correction edits the post, a withdrawal deletes it.

Meta tells how to change the words of a post, and not its photos or its video (guide to Posts of the Pages API,
2026-11). So a correction that takes one of these away deletes the post and publishes anew.

A reference lists the posts that stand on the Page for one bulletin, the newest first: "post:shape …", where the shape
says what the post carries beside its words.

A video is fetched by Meta from its address: ``POST /{page}/videos`` with ``file_url``, ``title`` and ``description``
answers ``{"id": …}`` (reference of Page Videos and guide to publishing of the Video API, 2026-11; the host for uploads
of its own is gone). The video itself is the post: ``description`` are its words, edited and deleted at its number
(``AdVideo`` of Meta's own Python library), and its ``permalink_url`` is a path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import urljoin

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels import fitting, photos, videos
from pregon.channels.graph import Duplicate, Forbidden, Graph, GraphOptions, Missing, Refused
from pregon.core.http import Http
from pregon.delivery.contract import Channel, Limits, Manner, Parcel, Preview, Receipt, Renewal, Token
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DeliveryError, DestinationGone, Rejected
from pregon.delivery.values import Message, Picture, Video

NUMBER = re.compile(r"[0-9]{5,20}")
ADDRESS = re.compile(r"(?:https?://)?(?:www\.|m\.|web\.)?facebook\.com/", re.IGNORECASE)
NUMBERED = re.compile(
    r"(?:profile\.php\?id=|pages/(?:[^/?#]+/)+|people/(?:[^/?#]+/)+)([0-9]{5,20})/?", re.IGNORECASE
)
NAME = re.compile(r"@?([a-z0-9][a-z0-9.]{3,49})/?", re.IGNORECASE | re.ASCII)
FORMATS = {".jpg", ".jpeg", ".png", ".webp"}
#: Meta refuses photos of 10 MB.
HEAVIEST = 10 * 1024 * 1024 - 1
#: A post holds no more photos than this.
ALBUM = 10
#: Meta could not read the page behind a link.
BAD_LINK = 1609005
#: How many of the newest posts are looked through for one that is there already.
LATELY = 25
#: Meta answers once it has the video, and gives itself five minutes for that.
FETCHING = timedelta(minutes=5)
#: Meta tells no longest title; this one is read on a phone.
TITLE = 200
SITE = "https://www.facebook.com/"


@dataclass(frozen=True, slots=True, kw_only=True)
class FacebookOptions(GraphOptions):
    """The app that posts for the office, and its token."""


class Shape(StrEnum):
    """What a post carries beside its words. With a card for the link, the words need not repeat it."""

    CARD = "card"
    PHOTOS = "photos"
    VIDEO = "video"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post that stands on the Page."""

    number: str
    shape: Shape

    @classmethod
    def all_in(cls, reference: str) -> list[Self]:
        found = (re.fullmatch(r"([0-9_]+):(card|photos|video|words)", part) for part in reference.split())
        return [cls(number=post[1], shape=Shape(post[2])) for post in found if post]

    def __str__(self) -> str:
        return f"{self.number}:{self.shape}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The Page, spoken to with its own token."""

    number: str
    graph: Graph


class FacebookChannel(Channel[FacebookOptions]):
    """A Page of the office."""

    kind = "facebook"
    label = "Facebook"
    manner = Manner.POST
    personal = False
    address_help = gettext_lazy("El número o la dirección de la página, como facebook.com/municipio.")
    options_class = FacebookOptions
    # The longest post that Facebook takes; its rates depend on how many people the Page reaches, and come as answers.
    limits = Limits(body=63_206, fold=480, uploads_picture=True)
    body: ClassVar[int] = 63_206

    def __init__(self, options: FacebookOptions, http: Http) -> None:
        super().__init__(options, http)
        self._graph = Graph.over(http, options)
        self._pages: dict[str, Page] = {}

    # --- Contract ---

    def normalise(self, destination: str) -> str:
        given = destination.strip()
        path = ADDRESS.sub("", given, count=1)
        if NUMBER.fullmatch(path):
            return path
        if numbered := NUMBERED.match(path):
            return numbered[1]
        if name := NAME.fullmatch(path.partition("?")[0]):
            return name[1].lower()
        raise Rejected(
            _(
                "«%(given)s» no es una página de Facebook: escribe su número o su dirección, facebook.com/nombre."
            )
            % {"given": given[:80]}
        )

    def preview(self, parcel: Parcel) -> Preview:
        message, standing = parcel.message, Post.all_in(parcel.in_reply_to)
        if standing and message.kind == MessageKind.WITHDRAWAL:
            seen = [_("[Se borra la publicación; donde Facebook no lo permite, dirá:]")]
            seen.append(self._words(message, standing[0].shape))
        elif standing and parcel.dropped:
            seen = [
                _("[Se borra la publicación con lo que se quitó, y se publica otra:]"),
                *self._seen(message),
            ]
        elif standing and message.kind == MessageKind.CORRECTION:
            seen = [_("[Se corrige la publicación, que dirá:]"), self._words(message, standing[0].shape)]
        else:
            seen = self._seen(message)
        text = fitting.GAP.join(seen)
        return Preview(subject=message.headline, text=f"{text}\n", html=fitting.as_html(text))

    def _seen(self, message: Message) -> list[str]:
        """A new post, part by part."""
        if message.video:
            return [videos.shown(message.video), self._words(message, Shape.VIDEO)]
        pictures = [
            picture
            for picture in album_of(message)
            if photos.seen_with(picture, formats=FORMATS, heaviest=HEAVIEST)
        ]
        shape = Shape.PHOTOS if pictures else Shape.CARD if message.url else Shape.WORDS
        card = [_("[Tarjeta del enlace: %(url)s]") % {"url": message.url}] if shape == Shape.CARD else []
        return [*map(photos.shown, pictures), self._words(message, shape), *card]

    def send(self, parcel: Parcel) -> Receipt:
        standing = Post.all_in(parcel.in_reply_to)
        page = self._page(self.normalise(parcel.destination))
        if parcel.message.kind == MessageKind.WITHDRAWAL and standing:
            return self._withdraw(parcel, page, standing)
        if parcel.message.kind == MessageKind.CORRECTION and standing:
            return self._correct(parcel, page, standing)
        return self._publish(parcel, page)

    def check(self) -> str:
        return self._graph.who("pages_manage_posts")

    def token(self) -> Token | None:
        return self._graph.life()

    def renew(self) -> Renewal | None:
        return self._graph.renewed(at=datetime.now(UTC))

    # --- Saying, correcting, taking back ---

    def _page(self, name: str) -> Page:
        """The Page's number and own token: posting asks for them, whoever's token we hold."""
        if name not in self._pages:
            try:
                told = self._graph.get(name, fields="id,access_token")
            except Missing as nobody:
                raise DestinationGone(
                    _("Facebook no encuentra la página «%(name)s», o la clave no la alcanza.")
                    % {"name": name}
                ) from nobody
            graph = self._graph.with_token(str(told.get("access_token") or self._graph.token))
            self._pages[name] = Page(number=str(told.get("id", name)), graph=graph)
        return self._pages[name]

    def _publish(self, parcel: Parcel, page: Page) -> Receipt:
        message, todo, post = parcel.message, "", None
        if message.video:
            try:
                post = self._say_with_video(page, message, message.video)
            except Duplicate:
                raise
            except Refused as refusal:  # the words never wait for a video either
                todo = _("Facebook no tomó el video y se publicó sin él; súbelo a mano. %(why)s") % {
                    "why": refusal
                }
        post = post or self._say_with_photos(page, message)
        kept = f" {parcel.in_reply_to}" if parcel.in_reply_to else ""
        return Receipt(reference=f"{post}{kept}", url=self._address(page, post), todo=todo)

    def _say_with_video(self, page: Page, message: Message, video: Video) -> Post:
        number = page.graph.create(
            f"{page.number}/videos",
            patience=FETCHING,
            file_url=video.url,
            title=fitting.fit(fitting.one_line(message.headline), TITLE),
            description=self._words(message, Shape.VIDEO),
        )
        return Post(number=number, shape=Shape.VIDEO)

    def _say_with_photos(self, page: Page, message: Message) -> Post:
        """The album where Meta takes some of it, the card of the link where not."""
        uploaded = [self._upload(page, picture) for picture in album_of(message)]
        attached = [{"media_fbid": photo} for photo in uploaded if photo]
        if attached:
            return self._say(page, message, Shape.PHOTOS, attached_media=attached)
        return self._say_with_card(page, message)

    def _say_with_card(self, page: Page, message: Message) -> Post:
        """Words alone where there is no link, or none that Meta can read."""
        if message.url:
            try:
                return self._say(page, message, Shape.CARD, link=message.url)
            except Refused as refusal:
                if refusal.code != BAD_LINK:
                    raise
        return self._say(page, message, Shape.WORDS)

    def _say(self, page: Page, message: Message, shape: Shape, **carried: Any) -> Post:
        words = self._words(message, shape)
        try:
            number = page.graph.create(f"{page.number}/feed", message=words, **carried)
        except Duplicate:
            # An earlier try went out and its answer got lost: that post is ours.
            found = self._number_of(page, words)
            if found is None:
                raise
            number = found
        return Post(number=number, shape=shape)

    def _number_of(self, page: Page, words: str) -> str | None:
        newest = page.graph.get(f"{page.number}/feed", fields="id,message", limit=LATELY).get("data", [])
        return next((str(post["id"]) for post in newest if post.get("message", "").strip() == words), None)

    def _upload(self, page: Page, picture: Picture) -> str | None:
        """Bring a photo to the Page, where nobody sees it until a post shows it; ``None`` for one that Meta does not
        take: the words never wait for a photo."""
        path = file_of(picture)
        if path is None:
            return None
        try:
            return page.graph.create(
                f"{page.number}/photos",
                repeatable=True,
                files={"source": (f"foto{path.suffix}", path.read_bytes())},
                published=False,
                caption=picture.caption or None,
                alt_text_custom=picture.alt or None,
            )
        except (OSError, Refused):
            return None

    def _correct(self, parcel: Parcel, page: Page, standing: list[Post]) -> Receipt:
        if parcel.dropped:
            return self._replace(parcel, page, standing)
        return self._reword(parcel, page, standing[0])

    def _reword(self, parcel: Parcel, page: Page, newest: Post) -> Receipt:
        if self._edit(page, newest, parcel.message):
            return Receipt(reference=parcel.in_reply_to, url=self._address(page, newest))
        return self._publish(parcel, page)

    def _replace(self, parcel: Parcel, page: Page, standing: list[Post]) -> Receipt:
        """Delete what shows what was taken away, and publish anew. What Meta does not let us delete is corrected in its
        words, and left to a person."""
        left = [post for post in standing if not self._delete(page, post)]
        parcel = replace(parcel, in_reply_to=" ".join(map(str, left)))
        if not left:
            return self._publish(parcel, page)
        receipt = self._reword(parcel, page, left[0])
        return replace(receipt, todo=" ".join(filter(None, (to_take_away(), receipt.todo))))

    def _withdraw(self, parcel: Parcel, page: Page, standing: list[Post]) -> Receipt:
        """Delete what stands; what Meta does not let us delete says that it was withdrawn."""
        deleted = {post: self._delete(page, post) for post in standing}
        left = [post for post in standing if deleted[post] is False]
        told = [post for post in left if self._edit(page, post, parcel.message)]
        if left and not told:
            receipt = self._publish(parcel, page)
        else:
            url = self._address(page, told[0]) if told else ""
            receipt = Receipt(reference=parcel.in_reply_to, url=url)
        return replace(receipt, todo=to_look_for()) if None in deleted.values() else receipt

    def _edit(self, page: Page, post: Post, message: Message) -> bool:
        field = "description" if post.shape == Shape.VIDEO else "message"
        said: dict[str, Any] = {field: self._words(message, post.shape)}
        try:
            page.graph.post(post.number, repeatable=True, **said)
        except Refused:
            return False
        return True

    def _delete(self, page: Page, post: Post) -> bool | None:
        """Whether it is gone now; ``None`` where nothing is found: somebody deleted it, or we cannot see it."""
        try:
            page.graph.delete(post.number)
        except Missing:
            return False if page.graph.reaches(post.number) else None
        except (Refused, Forbidden):
            return False
        return True

    def _address(self, page: Page, post: Post) -> str:
        """Where the public reads it. The post is out: no trouble in asking may take that back."""
        try:
            told = page.graph.get(post.number, fields="permalink_url").get("permalink_url")
        except DeliveryError:
            told = None
        return urljoin(SITE, str(told or post.number))

    # --- Words and photos ---

    def _words(self, message: Message, shape: Shape) -> str:
        link = "" if shape == Shape.CARD else message.url
        if shape == Shape.VIDEO and message.video:
            return videos.described(message, message.video, link, limit=self.body)
        return fitting.fitted(message, link, limit=self.body)


def to_look_for() -> str:
    return _(
        "Facebook ya no encuentra una publicación que se retira, o la clave no la alcanza: "
        "mira en la página si sigue ahí y bórrala a mano."
    )


def to_take_away() -> str:
    return _(
        "Facebook no dejó borrar una publicación con la foto o el video que se quitó: "
        "mira en la página si sigue ahí y bórrala a mano."
    )


def album_of(message: Message) -> tuple[Picture, ...]:
    return message.album[:ALBUM]


def file_of(picture: Picture) -> Path | None:
    return photos.file_of(picture, formats=FORMATS, heaviest=HEAVIEST)
