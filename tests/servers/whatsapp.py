"""A double of the WhatsApp Cloud API that speaks HTTP, keeps WhatsApp's rules and remembers every message.

``whatsapp_answers/`` holds its answers, in the documented shapes. Somebody who never wrote, or not for 24 hours, only
gets templates; a template that nobody approved does not exist; two messages within six seconds to one person, above
the burst that a test allows, are too many.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from servers.http import Answer, Request, serving

ANSWERS = Path(__file__).parent / "whatsapp_answers"
ERRORS: dict[str, dict[str, Any]] = json.loads((ANSWERS / "errors.json").read_text(encoding="utf-8"))
TOKEN = "EAAxMuestraDeLasPruebas"
PHONE, ACCOUNT, VERSION = "106540352242922", "102290129340398", "v26.0"
SECRET = "secreto-de-las-pruebas"
NOW = 1795000000
TEXT_LIMIT, CAPTION_LIMIT, BODY_LIMIT = 4096, 1024, 1024
MEDIA_LIMIT = 5 * 1024 * 1024
FIRST_BYTES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG"}
SPOILED = re.compile(r"[\n\t]| {5,}")
BLANK = re.compile(r"\{\{[0-9]+\}\}")


class RefusalError(Exception):
    """The answer that ends a call early."""

    def __init__(self, code: int, details: str = "", *, subcode: int = 0, wait: int = 0) -> None:
        super().__init__(details)
        self.code, self.details, self.subcode, self.wait = code, details, subcode, wait


def error_body(code: int, details: str = "", *, subcode: int = 0) -> dict[str, Any]:
    """An error as the Graph API words it."""
    known = ERRORS[str(code)]
    error = {
        "message": f"(#{code}) {known['title']}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": details or known["details"]},
        "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam",
    }
    return {"error": error | ({"error_subcode": subcode} if subcode else {})}


def wa_id_of(destination: str) -> str:
    """What WhatsApp calls somebody: Mexican mobiles keep the 1 that nobody dials any more."""
    digits = destination.removeprefix("+")
    return f"521{digits[2:]}" if re.fullmatch(r"52[0-9]{10}", digits) else digits


class WhatsAppApi:
    """``messages`` holds what was taken, by its number; ``calls`` every path that was asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.token = TOKEN
        self.app_secret = SECRET
        self.expires_at = 0
        #: When people write, in seconds.
        self.now = NOW
        self.calls: list[tuple[str, str]] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.media: dict[str, bytes] = {}
        self.templates: dict[tuple[str, str], dict[str, Any]] = {}
        self.open_windows: set[str] = set()
        #: Messages to one person that pass at once before the pair's pace is kept.
        self.burst = 45
        self._told: Counter[str] = Counter()
        self._refusals: list[RefusalError] = []
        self._numbers = count(1)
        self._silence = 0

    # --- What a test arranges ---------------------------------------------------------------------------------

    def approve(
        self, name: str, body: str, *, button: str = "", photo: bool = False, language: str = "es_MX"
    ) -> None:
        """A template that Meta looked at and let pass."""
        components: list[dict[str, Any]] = [{"type": "BODY", "text": body}]
        if photo:
            components.insert(0, {"type": "HEADER", "format": "IMAGE"})
        if button:
            link = {"type": "URL", "text": button, "url": "https://muestra.example/{{1}}"}
            components.append({"type": "BUTTONS", "buttons": [link]})
        self.templates[name, language] = {
            "name": name,
            "language": language,
            "status": "APPROVED",
            "parameter_format": "POSITIONAL",
            "components": components,
        }

    def refuse(self, *codes: int, wait: int = 0) -> None:
        """The next messages are refused, one for each code; ``wait`` minutes stand in the header of usage."""
        self._refusals.extend(RefusalError(code, wait=wait) for code in codes)

    def fail(self, times: int = 1) -> None:
        """The next calls are met by a gateway's error page instead of an answer."""
        self._silence = times

    def sent(self, kind: str = "") -> list[dict[str, Any]]:
        return [message for message in self.messages.values() if kind in {"", message["type"]}]

    # --- Notices ----------------------------------------------------------------------------------------------

    def write(self, wa_id: str, text: str, **fields: Any) -> bytes:
        """A person writes, which opens the window; the notice that tells of it."""
        self.open_windows.add(wa_id)
        message = {
            "from": wa_id,
            "id": f"wamid.IN{next(self._numbers)}",
            "timestamp": str(self.now),
            "type": "text",
            "text": {"body": text},
        }
        contact = {"profile": {"name": "Vecina"}, "wa_id": wa_id}
        return self.notice(contacts=[contact], messages=[message | fields])

    def report(self, reference: str, became: str, *, code: int = 0) -> bytes:
        """The notice of what became of a message."""
        message = self.messages[reference]
        status: dict[str, Any] = {
            "id": reference,
            "status": became,
            "timestamp": str(NOW),
            "recipient_id": wa_id_of(message.get("to", "")),
        }
        if kept := message.get("biz_opaque_callback_data"):
            status["biz_opaque_callback_data"] = kept
        if code:
            known = ERRORS[str(code)]
            error = {"code": code, "title": known["title"], "message": known["title"]}
            status["errors"] = [error | {"error_data": {"details": known["details"]}}]
        return self.notice(statuses=[status])

    def notice(self, *, field: str = "messages", phone: str = PHONE, **value: Any) -> bytes:
        metadata = {"display_phone_number": "523300000000", "phone_number_id": phone}
        change = {"value": {"messaging_product": "whatsapp", "metadata": metadata, **value}, "field": field}
        told = {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": [change]}]}
        return json.dumps(told).encode()

    def signature(self, body: bytes) -> str:
        return "sha256=" + hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()

    # --- The service ------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        if self._silence:
            self._silence -= 1
            return Answer(status=502, body=b"<html>Bad Gateway</html>", headers={"Content-Type": "text/html"})
        headers = {"Content-Type": "application/json"}
        try:
            status, told = 200, self._answer(request)
        except RefusalError as refusal:
            status, told = self._refused(refusal)
            if refusal.wait:
                case = {
                    "type": "messages",
                    "call_count": 100,
                    "estimated_time_to_regain_access": refusal.wait,
                }
                headers["X-Business-Use-Case-Usage"] = json.dumps({ACCOUNT: [case]})
        return Answer(status=status, body=json.dumps(told, ensure_ascii=False).encode(), headers=headers)

    def _refused(self, refusal: RefusalError) -> tuple[int, dict[str, Any]]:
        body = error_body(refusal.code, refusal.details, subcode=refusal.subcode)
        return ERRORS[str(refusal.code)]["status"], body

    def _answer(self, request: Request) -> dict[str, Any]:
        split = urlsplit(request.path)
        query = dict(parse_qsl(split.query))
        version, _, path = split.path.removeprefix("/").partition("/")
        self.calls.append((request.method, path))
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise RefusalError(190)
        if version != VERSION:
            raise RefusalError(100, "Unknown version.", subcode=33)
        match request.method, path:
            case "POST", p if p == f"{PHONE}/messages":
                return self._take(request.json())
            case "POST", p if p == f"{PHONE}/media":
                return self._keep(request)
            case "GET", p if p == PHONE:
                return {
                    "id": PHONE,
                    "display_phone_number": "+52 33 0000 0000",
                    "verified_name": "Villa de Muestra",
                }
            case "GET", p if p == f"{ACCOUNT}/message_templates":
                found = [one for one in self.templates.values() if query.get("name", "") in one["name"]]
                return {"data": found, "paging": {}}
            case "GET", "debug_token":
                return {"data": self._token_data(query.get("input_token", ""))}
            case _other:
                raise RefusalError(100, "Unsupported request. Object does not exist.", subcode=33)

    def _token_data(self, token: str) -> dict[str, Any]:
        alive = token == self.token and (not self.expires_at or self.expires_at > time.time())
        return {
            "app_id": "1",
            "type": "SYSTEM_USER",
            "is_valid": alive,
            "issued_at": NOW,
            "expires_at": self.expires_at,
            "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
        }

    def _keep(self, request: Request) -> dict[str, Any]:
        kind = request.headers.get("content-type", "")
        whole = message_from_bytes(
            f"Content-Type: {kind}\r\n\r\n".encode() + request.body, policy=policy.HTTP
        )
        fields: dict[str, Any] = {}
        for part in whole.iter_parts():
            assert isinstance(part, EmailMessage)
            fields[str(part.get_param("name", header="content-disposition"))] = part
        content = fields["file"].get_payload(decode=True)
        declared = fields["file"].get_content_type()
        if fields["messaging_product"].get_payload(decode=True) != b"whatsapp":
            raise RefusalError(100, "messaging_product is required")
        if len(content) > MEDIA_LIMIT or not content.startswith(FIRST_BYTES.get(declared, b"\0none")):
            raise RefusalError(131053)
        self.media[kept := str(next(self._numbers))] = content
        return {"id": kept}

    def _take(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._refusals:
            raise self._refusals.pop(0)
        if message.get("messaging_product") != "whatsapp":
            raise RefusalError(100, "messaging_product is required")
        to = message.get("to") or message.get("recipient") or ""
        if not re.fullmatch(r"\+?[0-9]{8,15}" if message.get("to") else r"[A-Z]{2}\.[A-Za-z0-9.]{1,132}", to):
            raise RefusalError(131009, "The recipient is neither a number nor a user.")
        wa_id = wa_id_of(to)
        self._told[wa_id] += 1
        if self._told[wa_id] > self.burst:
            raise RefusalError(131056)
        {"text": self._text, "image": self._image, "template": self._template}.get(
            message.get("type", ""), self._unsupported
        )(message)
        if message["type"] != "template" and wa_id not in self.open_windows:
            raise RefusalError(131047)
        reference = f"wamid.{next(self._numbers)}"
        self.messages[reference] = message
        accepted: dict[str, Any] = json.loads((ANSWERS / "accepted.json").read_text(encoding="utf-8"))
        accepted["contacts"] = [{"input": to, "wa_id": wa_id}]
        accepted["messages"] = [{"id": reference, "message_status": "accepted"}]
        return accepted

    # --- Rules ------------------------------------------------------------------------------------------------

    def _unsupported(self, message: dict[str, Any]) -> None:
        raise RefusalError(131051)

    def _text(self, message: dict[str, Any]) -> None:
        body = message["text"].get("body", "")
        if not 0 < units(body) <= TEXT_LIMIT:
            raise RefusalError(100, f"Param text['body'] must be at most {TEXT_LIMIT} characters long.")

    def _image(self, message: dict[str, Any]) -> None:
        image = message["image"]
        self._known(image)
        if units(image.get("caption", "")) > CAPTION_LIMIT:
            raise RefusalError(
                100, f"Param image['caption'] must be at most {CAPTION_LIMIT} characters long."
            )

    def _known(self, image: dict[str, Any]) -> None:
        if image.get("id") not in self.media and not image.get("link"):
            raise RefusalError(131009, "The media does not exist.")

    def _template(self, message: dict[str, Any]) -> None:
        asked = message["template"]
        known = self.templates.get((asked.get("name"), asked.get("language", {}).get("code")))
        if known is None or known["status"] in {"PENDING", "REJECTED"}:
            raise RefusalError(132001)
        if known["status"] in {"PAUSED", "DISABLED"}:
            raise RefusalError(132015 if known["status"] == "PAUSED" else 132016)
        parts = {part["type"]: part for part in known["components"]}
        given = {part["type"]: part["parameters"] for part in asked.get("components", [])}
        self._header(parts.get("HEADER"), given.get("header"))
        self._body(parts["BODY"]["text"], given.get("body", []))
        if ("BUTTONS" in parts) != ("button" in given):
            raise RefusalError(131008, "The button at index 0 of type URL requires a parameter.")
        if not all(parameter.get("text") for parameter in given.get("button", [])):
            raise RefusalError(131008, "Parameter of type text is missing text value.")

    def _header(self, known: dict[str, Any] | None, given: list[dict[str, Any]] | None) -> None:
        if (known is None) != (given is None):
            raise RefusalError(132012, "header: Format mismatch, expected IMAGE.")
        if given:
            self._known(given[0]["image"])

    def _body(self, text: str, given: list[dict[str, Any]]) -> None:
        words = [str(parameter.get("text", "")) for parameter in given]
        if len(words) != len(set(BLANK.findall(text))) or not all(words):
            raise RefusalError(132000)
        if any(SPOILED.search(word) for word in words):
            raise RefusalError(132018)
        if units(BLANK.sub("", text)) + sum(map(units, words)) > BODY_LIMIT:
            raise RefusalError(132005)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@contextmanager
def whatsapp_serving() -> Iterator[WhatsAppApi]:
    api = WhatsAppApi()
    with serving(api.answer) as url:
        api.url = url
        yield api
