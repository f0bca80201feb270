"""What travels through the engine: one message for all, an audience, and nothing that names a feature."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from pregon.delivery.enums import MessageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of a message's body: a paragraph, a quotation, a figure with its label, a heading, a list item, or a
    video elsewhere, its address for a label."""

    kind: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photo that goes along. ``url`` is public; ``path`` lies under the baked site."""

    url: str
    path: str
    alt: str
    caption: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A video that goes along: the public address of an MP4, and what is seen in it. ``path`` lies under the baked
    site; "" where the file is kept elsewhere."""

    url: str
    alt: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is said, once for every receiver and before any channel fits it to its limits."""

    kind: MessageKind
    headline: str
    url: str = ""
    kicker: str = ""
    dek: str = ""
    dateline: str = ""
    notice: str = ""
    blocks: tuple[Block, ...] = ()
    picture: Picture | None = None
    #: The whole album, the picture first; empty where the picture is all there is.
    pictures: tuple[Picture, ...] = ()
    video: Video | None = None
    action: str = ""
    #: What this is the answer to, by the name that its receiver gave it.
    answers: str = ""
    sender: str = ""
    sender_detail: str = ""
    brand: str = "#1f5a45"
    accent: str = "#b3402a"
    contact: str = ""

    @property
    def album(self) -> tuple[Picture, ...]:
        """Every picture that goes along, one or many."""
        return self.pictures or ((self.picture,) if self.picture else ())

    @property
    def shown(self) -> frozenset[str]:
        """The addresses of what is seen beside the words: another photo has another one."""
        return frozenset(each.url for each in (*self.album, self.video) if each)

    def with_pictures(self, pictures: tuple[Picture, ...]) -> Self:
        """The same with these pictures, the first of them in front."""
        return replace(self, picture=pictures[0] if pictures else None, pictures=pictures)

    def marked(self, mark: str, *, site: str) -> Self:
        """The same, whose links to pages of ``site`` say by which channel they were followed; the page takes no
        notice, and whoever follows one is told apart from nobody."""

        def own(link: str) -> str:
            page = link.startswith(f"{site}/") and link.endswith("/") and not any(map(str.isspace, link))
            return f"{link}?de={mark}" if page else link

        if not mark:
            return self
        blocks = tuple(replace(block, text=own(block.text)) for block in self.blocks)
        return replace(self, url=own(self.url), blocks=blocks)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        fields = dict(data)
        fields["kind"] = MessageKind(fields["kind"])
        fields["blocks"] = tuple(Block(**block) for block in fields.get("blocks", ()))
        if fields.get("picture"):
            fields["picture"] = Picture(**fields["picture"])
        fields["pictures"] = tuple(Picture(**picture) for picture in fields.get("pictures", ()))
        if fields.get("video"):
            fields["video"] = Video(**fields["video"])
        return cls(**fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that went out, as a digest tells it. ``origin`` is the feature's own name for it."""

    origin: str
    published_at: datetime
    headline: str
    dek: str = ""
    url: str = ""
    topics: frozenset[int] = frozenset()
    localities: frozenset[int] = frozenset()
    #: Kinds of channel it may go out on; none named means all.
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who should receive. Exactly one way of choosing is used: by interests, by a former dispatch, or by name."""

    topics: tuple[int, ...] = ()
    localities: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    #: Those who had received these dispatches, on the same channel: for corrections and withdrawals.
    receivers_of: tuple[int, ...] = ()
    #: These subscribers whatever their state: for confirmations.
    subscribers: tuple[int, ...] = ()
    #: Of those chosen by interests, the ones who want to be written to so often; "" is each time.
    frequency: str = ""

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        fields: dict[str, Any] = {
            name: value if isinstance(value, str) else tuple(value) for name, value in data.items()
        }
        return cls(**fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How a dispatch stands on one channel."""

    due: int = 0
    sent: int = 0
    withheld: int = 0
    failed: int = 0
    waiting: int = 0
    uncertain: int = 0
    #: Of ``withheld``, those who did not want it any more or for whom it came too late.
    suppressed: int = 0

    @property
    def rehearsed(self) -> int:
        """What went the whole way and was kept here, for its channel is in sandbox."""
        return self.withheld - self.suppressed

    @property
    def arrived(self) -> int:
        """What came to its end as it should: out, or rehearsed."""
        return self.sent + self.rehearsed

    @property
    def settled(self) -> int:
        return self.due - self.waiting

    @property
    def percent(self) -> int:
        return 100 if not self.due else self.settled * 100 // self.due
