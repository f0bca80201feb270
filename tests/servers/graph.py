"""A double of Meta's Graph API that speaks HTTP, keeps its rules for Pages and Instagram and remembers every call.

``graph_answers/`` holds its refusals, in the shapes of the service's reference and of its users' reports. A Page or an
account that it was not told about does not exist, and what it did not make cannot be edited.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from servers.http import Answer, Request, form_of, serving

ANSWERS = Path(__file__).parent / "graph_answers"
APP, APP_SECRET = "1234567890", "the-app-secret-of-the-tests"
USER_TOKEN, PAGE_TOKEN, FRESH_TOKEN = "EAAuser-of-the-tests", "EAApage-of-the-tests", "EAAfresh-of-the-tests"
NOW, SIXTY_DAYS = 1795000000, 5_184_000
POST_LIMIT, CAPTION_LIMIT, HASHTAGS, MENTIONS = 63_206, 2200, 30, 20
FIRST_BYTES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: its method, what it asked about, whose token it carried, its fields as text and its files."""

    method: str
    path: str
    token: str
    fields: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


class RefusalError(Exception):
    """The recorded answer that ends a call early."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.answer = recorded(name)


def recorded(name: str) -> dict[str, Any]:
    """One recorded answer, fresh for the caller to change."""
    answer: dict[str, Any] = json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8"))
    return answer


def fetched(url: str) -> bool:
    """Whether the service finds a video at that address."""
    return url.startswith("https://") and urlsplit(url).path.lower().endswith((".mp4", ".mov"))


class GraphApi:
    """``calls`` holds everything asked for; ``posts``, ``films``, ``media`` and ``comments`` what is public now."""

    def __init__(self) -> None:
        self.url = ""
        self.version = "v26.0"
        self.calls: list[Call] = []
        self.pages: dict[str, dict[str, str]] = {}
        self.accounts: dict[str, str] = {}
        self.posts: dict[str, dict[str, Any]] = {}
        self.photos: dict[str, dict[str, Any]] = {}
        #: The videos on a Page, each a post of its own.
        self.films: dict[str, dict[str, Any]] = {}
        self.containers: dict[str, dict[str, Any]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, tuple[str, str]] = {}
        #: What ``debug_token`` says of each token that lives.
        self.tokens: dict[str, dict[str, Any]] = {
            USER_TOKEN: {"type": "USER", "issued_at": NOW, "expires_at": NOW + SIXTY_DAYS},
            PAGE_TOKEN: {"type": "PAGE", "issued_at": NOW, "expires_at": 0},
        }
        self.requires_proof = False
        self.may_delete_media = True
        #: How many looks at a container find it unfinished.
        self.looks = 0
        self.daily = 100
        self.usage: dict[str, str] = {}
        self._refusals: list[tuple[str, str]] = []
        self._gateway: list[int] = []
        self._lost = 0
        self._numbers = count(100001)

    # --- What a test arranges ---------------------------------------------------------------------------

    def add_page(self, number: str, *, name: str = "municipio") -> None:
        """A Page that the token may post to, known by its number and by its name."""
        self.pages[number] = {"id": number, "name": "Comunicación Social", "username": name}

    def add_account(self, number: str) -> None:
        self.accounts[number] = "municipio"

    def refuse(self, name: str, *, at: str = "", times: int = 1) -> None:
        """The next calls whose line ends with ``at`` are refused as recorded."""
        self._refusals += [(at, name)] * times

    def slow_down(self, minutes: int, *, name: str = "page_throttled") -> None:
        """The next call is told to wait, and its headers say for how long."""
        self.usage = {
            "X-App-Usage": json.dumps({"call_count": 100, "total_time": 25, "total_cputime": 25}),
            "X-Business-Use-Case-Usage": json.dumps(
                {
                    APP: [
                        {
                            "type": "pages",
                            "call_count": 100,
                            "total_cputime": 20,
                            "total_time": 20,
                            "estimated_time_to_regain_access": minutes,
                        }
                    ]
                }
            ),
        }
        self.refuse(name)

    def gateway(self, *statuses: int) -> None:
        """The next calls are met by a gateway's error page instead of an answer, and reach nothing."""
        self._gateway.extend(statuses)

    def lose(self, times: int = 1) -> None:
        """The next calls that change something do so, and their answers get lost on the way back."""
        self._lost = times

    def lines(self) -> list[str]:
        return [call.line for call in self.calls]

    def sent(self, ending: str) -> list[Call]:
        return [call for call in self.calls if call.line.endswith(ending)]

    # --- The service ------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        if self._gateway:
            return Answer(status=self._gateway.pop(0), body=b"<html>Sorry</html>")
        status = 200
        try:
            told = self._answer(request)
        except RefusalError as refusal:
            status, told = refusal.answer["status"], refusal.answer["body"]
        lost = bool(self._lost) and status == 200 and request.method != "GET"
        self._lost -= lost
        headers = {"Content-Type": "application/json; charset=UTF-8", **self.usage}
        return Answer(status=status, body=json.dumps(told).encode(), headers=headers, hang_up=lost)

    def _answer(self, request: Request) -> Any:
        split = urlsplit(request.path)
        version, _, path = split.path.removeprefix("/").partition("/")
        form, files = form_of(request)
        fields = dict(parse_qsl(split.query, keep_blank_values=True)) | form
        token = fields.pop("access_token", "") or request.headers.get("authorization", "").removeprefix(
            "Bearer "
        )
        call = Call(method=request.method, path=path, token=token, fields=fields, files=files)
        self.calls.append(call)
        if version != self.version:
            raise RefusalError("missing")
        for at, name in self._refusals:
            if call.line.endswith(at):
                self._refusals.remove((at, name))
                raise RefusalError(name)
        if path == "oauth/access_token":
            return self._exchange(call)
        self._admit(call)
        return self._route(call)

    def _admit(self, call: Call) -> None:
        if call.token not in {*self.tokens, f"{APP}|{APP_SECRET}"}:
            raise RefusalError("dead_token")
        given = call.fields.get("appsecret_proof")
        if given is None and self.requires_proof:
            raise RefusalError("proof_missing")
        proof = hmac.new(APP_SECRET.encode(), call.token.encode(), hashlib.sha256).hexdigest()
        if given is not None and given != proof:
            raise RefusalError("proof_wrong")

    def _route(self, call: Call) -> Any:
        node, _, edge = call.path.partition("/")
        edges: dict[tuple[str, str], Callable[[str, Call], Any]] = {
            ("POST", "feed"): self._post,
            ("GET", "feed"): self._feed,
            ("POST", "photos"): self._photo,
            ("POST", "videos"): self._film,
            ("POST", "media"): self._contain,
            ("GET", "media"): self._newest_media,
            ("POST", "media_publish"): self._release,
            ("GET", "content_publishing_limit"): self._limit,
            ("POST", "comments"): self._comment,
        }
        if edge:
            if (call.method, edge) not in edges:
                raise RefusalError("missing")
            return edges[call.method, edge](node, call)
        if node == "me":
            return {"id": "1", "name": "Comunicación Social"}
        if node == "debug_token":
            return {"data": self._debug(call)}
        verbs = {"GET": self._read, "POST": self._edit, "DELETE": self._delete}
        return verbs[call.method](node, call)

    # --- Tokens -----------------------------------------------------------------------------------------

    def _debug(self, call: Call) -> dict[str, Any]:
        known = self.tokens.get(call.fields["input_token"])
        if known is None:
            return {"app_id": APP, "is_valid": False, "error": recorded("dead_token")["body"]["error"]}
        return {
            "app_id": APP,
            "application": "Pregón",
            "is_valid": True,
            "scopes": ["pages_manage_posts", "instagram_content_publish"],
            **known,
        }

    def _exchange(self, call: Call) -> dict[str, Any]:
        if call.fields.get("client_secret") != APP_SECRET:
            raise RefusalError("secret_wrong")
        if call.fields.get("fb_exchange_token") not in self.tokens:
            raise RefusalError("dead_token")
        self.tokens[FRESH_TOKEN] = self.tokens[USER_TOKEN]
        return {"access_token": FRESH_TOKEN, "token_type": "bearer", "expires_in": SIXTY_DAYS}

    # --- Nodes ------------------------------------------------------------------------------------------

    def _read(self, node: str, call: Call) -> dict[str, Any]:
        if page := self._page(node):
            return {"id": page["id"], "name": page["name"], "access_token": PAGE_TOKEN}
        if node in self.posts:
            return self.posts[node]
        if node in self.films:
            return self.films[node]
        if node in self.media:
            return self.media[node]
        if node in self.containers:
            return self._state(node)
        raise RefusalError("missing" if node.isdecimal() else "unknown_name")

    def _edit(self, node: str, call: Call) -> dict[str, Any]:
        if node not in self.posts and node not in self.films:
            raise RefusalError("missing")
        self._page_speaks(call)
        if node in self.films:
            self.films[node]["description"] = self._message(call, "description")
        else:
            self.posts[node]["message"] = self._message(call)
        return {"success": True}

    def _delete(self, node: str, call: Call) -> dict[str, Any]:
        if node in self.media and not self.may_delete_media:
            raise RefusalError("permission_missing")
        if not any(seen.pop(node, None) for seen in (self.posts, self.films, self.media)):
            raise RefusalError("missing")
        return {"success": True}

    def _page(self, node: str) -> dict[str, str] | None:
        return next((page for page in self.pages.values() if node in {page["id"], page["username"]}), None)

    def _number(self) -> str:
        return str(next(self._numbers))

    # --- Pages ------------------------------------------------------------------------------------------

    def _page_speaks(self, call: Call) -> None:
        """Only the Page itself posts on it."""
        if call.token != PAGE_TOKEN:
            raise RefusalError("permission_denied")

    def _post(self, node: str, call: Call) -> dict[str, Any]:
        if node not in self.pages:
            raise RefusalError("missing")
        self._page_speaks(call)
        message = self._message(call)
        if message in {post["message"] for post in self.posts.values()}:
            raise RefusalError("duplicate")
        attached = [photo["media_fbid"] for photo in json.loads(call.fields.get("attached_media", "[]"))]
        if not set(attached) <= set(self.photos):
            raise RefusalError("bad_parameter")
        number = f"{node}_{self._number()}"
        self.posts[number] = {
            "id": number,
            "message": message,
            "link": call.fields.get("link", ""),
            "photos": attached,
            "permalink_url": f"https://www.facebook.com/{node}/posts/{number.partition('_')[2]}",
        }
        return {"id": number}

    def _message(self, call: Call, field: str = "message") -> str:
        message = str(call.fields.get(field, ""))
        if not message or len(message) > POST_LIMIT:
            raise RefusalError("bad_parameter")
        return message

    def _feed(self, node: str, call: Call) -> dict[str, Any]:
        newest = list(reversed(self.posts.values()))[: int(call.fields.get("limit", 25))]
        return {"data": [{"id": post["id"], "message": post["message"]} for post in newest]}

    def _photo(self, node: str, call: Call) -> dict[str, Any]:
        if node not in self.pages:
            raise RefusalError("missing")
        self._page_speaks(call)
        if not call.files.get("source", b"").startswith(FIRST_BYTES):
            raise RefusalError("bad_photo")
        self.photos[number := self._number()] = {
            "caption": call.fields.get("caption", ""),
            "alt": call.fields.get("alt_text_custom", ""),
            "published": call.fields.get("published", "true"),
        }
        return {"id": number}

    def _film(self, node: str, call: Call) -> dict[str, Any]:
        """A video that the service fetches from its address; its ``permalink_url`` is a path."""
        if node not in self.pages:
            raise RefusalError("missing")
        self._page_speaks(call)
        if not fetched(call.fields.get("file_url", "")):
            raise RefusalError("video_not_fetched")
        number = self._number()
        self.films[number] = {
            "id": number,
            "file_url": call.fields["file_url"],
            "title": call.fields.get("title", ""),
            "description": self._message(call, "description"),
            "permalink_url": f"/{node}/videos/{number}/",
        }
        return {"id": number}

    # --- Instagram --------------------------------------------------------------------------------------

    def _account(self, node: str) -> None:
        if node not in self.accounts:
            raise RefusalError("missing")

    def _limit(self, node: str, call: Call) -> dict[str, Any]:
        self._account(node)
        config = {"quota_total": self.daily, "quota_duration": 86400}
        return {"data": [{"quota_usage": len(self.media), "config": config}]}

    def _contain(self, node: str, call: Call) -> dict[str, Any]:
        self._account(node)
        fields = call.fields
        caption = str(fields.get("caption", ""))
        marks = [len(re.findall(rf"(?<!\w){mark}\w", caption)) for mark in "#@"]
        if len(caption) > CAPTION_LIMIT or marks[0] > HASHTAGS or marks[1] > MENTIONS:
            raise RefusalError("caption_too_long")
        children = json.loads(fields.get("children", "[]"))
        if fields.get("media_type") == "CAROUSEL":
            if not 2 <= len(children) <= 10 or any(self.containers[child]["looks"] for child in children):
                raise RefusalError("bad_parameter")
        elif fields.get("media_type") == "REELS":
            if not fetched(fields.get("video_url", "")):
                raise RefusalError("not_fetched")
            if "alt_text" in fields:
                raise RefusalError("bad_parameter")
        elif not fields.get("image_url", "").endswith((".jpg", ".jpeg")):
            raise RefusalError("not_fetched")
        self.containers[number := self._number()] = {**fields, "looks": self.looks, "state": "FINISHED"}
        return {"id": number}

    def _state(self, node: str) -> dict[str, Any]:
        container = self.containers[node]
        if container["looks"]:
            container["looks"] -= 1
            return {"id": node, "status_code": "IN_PROGRESS"}
        return {"id": node, "status_code": container["state"], "status": container["state"].title()}

    def _release(self, node: str, call: Call) -> dict[str, Any]:
        self._account(node)
        if len(self.media) >= self.daily:
            raise RefusalError("day_is_full")
        container = self.containers.get(call.fields.get("creation_id", ""))
        if container is None or container["looks"] or container["state"] != "FINISHED":
            raise RefusalError("not_ready")
        container["state"] = "PUBLISHED"
        children = [self.containers[child] for child in json.loads(container.get("children", "[]"))]
        number = self._number()
        shown = [one for one in children or [container] if "image_url" in one]
        self.media[number] = {
            "id": number,
            "caption": container.get("caption", ""),
            "photos": [(one["image_url"], one.get("alt_text", "")) for one in shown],
            "video": container.get("video_url", ""),
            "cover": container.get("cover_url", ""),
            "permalink": f"https://www.instagram.com/{'reel' if 'video_url' in container else 'p'}/{number}/",
        }
        return {"id": number}

    def _newest_media(self, node: str, call: Call) -> dict[str, Any]:
        newest = list(reversed(self.media.values()))[: int(call.fields.get("limit", 25))]
        return {"data": [{"id": media["id"], "caption": media["caption"]} for media in newest]}

    def _comment(self, node: str, call: Call) -> dict[str, Any]:
        if node not in self.media:
            raise RefusalError("missing")
        self.comments[number := self._number()] = (node, str(call.fields.get("message", "")))
        return {"id": number}


@contextmanager
def graph_serving() -> Iterator[GraphApi]:
    api = GraphApi()
    with serving(api.answer) as url:
        api.url = url
        yield api
