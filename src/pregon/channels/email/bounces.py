"""What a letter that came back says: the mailbox is gone, this one did not arrive, or somebody called it spam.

Delivery reports (RFC 3464) and complaints (RFC 5965) say it in fields; what older servers write in words flufl.bounce
knows. All name the letter by its Message-ID. One that names none is not believed: anybody can write to the mailbox
where bounces come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser

from flufl.bounce import all_failures

from pregon.channels.email.pipeline import fate_of, plain
from pregon.delivery.contract import Fate, Report

MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
NAMED = re.compile(r"^message-id:\s*(<[^<>\s]+@[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
#: The copy of our letter inside a report, whole or its head alone; the global ones are of RFC 6533.
COPIES = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
STATUSES = {"message/delivery-status", "message/global-delivery-status"}
COMPLAINTS = {"abuse", "fraud"}
MACHINES = re.compile(r"(?:mailer-daemon|postmaster)(?:@|>|\s|$)", re.IGNORECASE)


def may_tell(head: Message) -> bool:
    """Whether a letter with this head is worth reading."""
    return (
        head.get_content_type() == "multipart/report"
        or field(head, "Return-Path") == "<>"
        or bool(MACHINES.search(field(head, "From")))
    )


def news_in(mail: Message) -> Report | None:
    """What a letter in the mailbox tells of one of ours; ``None`` for an answer, a delay, and all the rest."""
    if not may_tell(mail):
        return None
    kinds = {part.get_content_type(): part for part in parts_of(mail)}
    if "message/feedback-report" in kinds:
        return complaint_in(kinds["message/feedback-report"], mail)
    for kind in STATUSES & kinds.keys():
        return failure_in(kinds[kind], mail)
    return failure_in_words(mail)


def field(fields: Message, name: str) -> str:
    """A header as text, also where it is not one as it should be."""
    return str(fields.get(name, "")).strip()


def parts_of(mail: Message) -> Iterator[Message]:
    """The parts of this letter, not those of the letter inside it."""
    yield mail
    if mail.get_content_maintype() == "multipart":
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from parts_of(part)


# --- As the standards say it --------------------------------------------------------------------------------


def failure_in(status: Message, mail: Message) -> Report | None:
    """The first receiver that got nothing and will get nothing."""
    for fields in blocks_of(status):
        if field(fields, "Action").lower().startswith(("fail", "error")):
            code, said = field(fields, "Status"), field(fields, "Diagnostic-Code").partition(";")[2]
            return about(mail, fate=fate_of(f"{code} {said}"), reason=said or code)
    return None


def blocks_of(status: Message) -> list[Message]:
    """The groups of fields of a delivery report; the parser knows those of the older kind alone."""
    blocks = [block for block in status.get_payload() if isinstance(block, Message)]
    if status.get_content_type() == "message/delivery-status":
        return blocks
    return [
        block
        for whole in blocks
        for block in (
            whole,
            *(HeaderParser().parsestr(text) for text in str(whole.get_payload()).split("\n\n")),
        )
    ]


def complaint_in(feedback: Message, mail: Message) -> Report | None:
    fields = next((part for part in feedback.get_payload() if isinstance(part, Message)), None)
    kind = field(fields, "Feedback-Type").lower() if fields else ""
    return about(mail, fate=Fate.COMPLAINT, reason=kind) if kind in COMPLAINTS else None


# --- In words -----------------------------------------------------------------------------------------------


def failure_in_words(mail: Message) -> Report | None:
    try:
        _delayed, failed = all_failures(mail)
    except Exception:  # its rules of thumb fall over a letter that is strange enough, and it logs which
        return None
    if not failed:
        return None
    text = "\n".join(text_of(part) for part in parts_of(mail) if part.get_content_type() == "text/plain")
    before, _named, _after = NAMED.split(text, maxsplit=1) if NAMED.search(text) else (text, "", "")
    words = next((line for line in before.splitlines() if re.search(r"\b[45]\.\d\.\d", line)), "")
    return about(mail, fate=fate_of(before), reason=words)


def text_of(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


# --- Which letter of ours -----------------------------------------------------------------------------------


def about(mail: Message, *, fate: Fate, reason: str) -> Report | None:
    reference = reference_in(mail)
    return Report(fate=fate, reference=reference, reason=plain(reason.encode())) if reference else None


def reference_in(mail: Message) -> str:
    """The Message-ID of the letter that is told of: in the copy of it, or else as what this one answers."""
    for part in parts_of(mail):
        if part.get_content_type() in COPIES:
            found = MESSAGE_ID.search(field(head_of(part), "Message-ID"))
        else:
            found = NAMED.search(text_of(part)) if part.get_content_type() == "text/plain" else None
        if found:
            return found[found.lastindex or 0]
    answered = MESSAGE_ID.findall(f"{field(mail, 'References')} {field(mail, 'In-Reply-To')}")
    return str(answered[-1]) if answered else ""


def head_of(copy: Message) -> Message:
    inside = copy.get_payload()
    if isinstance(inside, list) and inside and isinstance(inside[0], Message):
        return inside[0]
    return HeaderParser().parsestr(text_of(copy))
