"""What mail services call a bounce and a complaint, each in a form of its own, read as what became of a letter.

Only what is final counts: what a service tries again, or may try again, changes nothing. A letter is known by our own
``Message-ID`` where the service gives it back, else by its receiver; that is believed here, for the service proved who
it is before anything was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pregon.channels.email.address import bare
from pregon.channels.email.pipeline import fate_of, plain
from pregon.delivery.contract import Arrival, Fate, Report, Wish
from pregon.delivery.errors import Rejected

#: As the channel writes it; some services put another one in its place, which finds nothing here.
MESSAGE_ID = re.compile(r"<?(\d{1,19}-\d{1,19}\.[\w-]{12}@[\w.-]{1,253})>?", re.ASCII)
#: Postmark's kinds of bounces after which it tries no more.
POSTMARK_FAILED = {"HardBounce", "BadEmailAddress", "Blocked", "SpamNotification", "ManuallyDeactivated"}
BREVO_FAILED = {"hard_bounce", "invalid_email", "blocked", "error"}
BREVO_COMPLAINTS = {"spam", "complaint"}
#: SES's words for a complaint, "" where the mailbox's provider does not say: others tell that it was none.
SES_COMPLAINTS = {"", "abuse", "fraud"}


def mailgun(told: Any) -> Iterator[Report]:
    event = told["event-data"]
    reference = event.get("message", {}).get("headers", {}).get("message-id")
    address = event.get("recipient")
    match event["event"]:
        case "delivered":
            yield from about(Fate.DELIVERED, address, reference)
        case "complained":
            yield from about(Fate.COMPLAINT, address, reference)
        case "failed" if event.get("severity") == "permanent":
            status = event["delivery-status"]
            said = " ".join(text(status.get(part)) for part in ("enhanced-code", "message", "description"))
            yield from about(fate_of(said), address, reference, reason=said)


def postmark(told: Any) -> Iterator[Arrival | Report]:
    address, said = told.get("Email") or told.get("Recipient"), text(told.get("Details"))
    match told["RecordType"]:
        case "Delivery":
            yield from about(Fate.DELIVERED, address)
        case "SpamComplaint":
            yield from about(Fate.COMPLAINT, address)
        case "Bounce" if told["Type"] in POSTMARK_FAILED:
            yield from about(fate_of(said), address, reason=said or told["Type"])
        # All that it tells of a complaint where letters go to many.
        case "SubscriptionChange" if told["SuppressSending"] and told["SuppressionReason"] == "SpamComplaint":
            yield from about(Fate.COMPLAINT, address)
        # Its own link to leave, which it puts under such letters.
        case "SubscriptionChange" if told["SuppressSending"] and told["Origin"] == "Recipient":
            if who := receiver(address):
                yield Arrival(sender=who, name="", wish=Wish.BLOCK)


def brevo(told: Any) -> Iterator[Report]:
    for event in told if isinstance(told, list) else [told]:
        reference, address = event.get("message-id"), event.get("email")
        said = text(event.get("reason"))
        if event["event"] == "delivered":
            yield from about(Fate.DELIVERED, address, reference)
        elif event["event"] in BREVO_COMPLAINTS:
            yield from about(Fate.COMPLAINT, address, reference)
        elif event["event"] in BREVO_FAILED:
            yield from about(fate_of(said), address, reference, reason=said or event["event"])


def sendgrid(told: Any) -> Iterator[Report]:
    for event in told:
        reference, address = event.get("smtp-id"), event.get("email")
        said = f"{text(event.get('status'))} {text(event.get('reason'))}"
        match event["event"]:
            case "delivered":
                yield from about(Fate.DELIVERED, address, reference)
            case "spamreport":
                yield from about(Fate.COMPLAINT, address, reference)
            case "bounce" if event.get("type") == "blocked":
                yield from about(Fate.FAILED, address, reference, reason=said)
            case "bounce" | "dropped":
                yield from about(fate_of(said), address, reference, reason=said)


def ses(told: Any) -> Iterator[Report]:
    """An event of a configuration set, or the notification of an identity: they say the same."""
    reference = ses_reference(told.get("mail", {}))
    match told.get("eventType") or told["notificationType"]:
        case "Delivery":
            for address in told["delivery"]["recipients"]:
                yield from about(Fate.DELIVERED, address, reference)
        case "Complaint" if text(told["complaint"].get("complaintFeedbackType")) in SES_COMPLAINTS:
            for who in told["complaint"]["complainedRecipients"]:
                yield from about(Fate.COMPLAINT, who["emailAddress"], reference)
        case "Bounce" if told["bounce"]["bounceType"] == "Permanent":
            for who in told["bounce"]["bouncedRecipients"]:
                said = f"{text(who.get('status'))} {text(who.get('diagnosticCode'))}"
                yield from about(fate_of(said), who["emailAddress"], reference, reason=said)


def ses_reference(mail: Mapping[str, Any]) -> Any:
    """The ``Message-ID`` that we wrote: SES sends the letter with one of its own."""
    headers = {text(header["name"]).lower(): header["value"] for header in mail.get("headers") or ()}
    return headers.get("message-id") or (mail.get("commonHeaders") or {}).get("messageId")


# --- Of whom and of which letter ----------------------------------------------------------------------------


def about(fate: Fate, address: Any, reference: Any = "", *, reason: str = "") -> Iterator[Report]:
    """Nothing where it names neither a letter nor a receiver of ours."""
    ours, destination = MESSAGE_ID.fullmatch(text(reference).strip()), receiver(address)
    if ours or destination:
        yield Report(
            fate=fate,
            reference=f"<{ours[1]}>" if ours else "",
            destination=destination,
            reason=plain(reason.encode()),
        )


def receiver(address: Any) -> str:
    try:
        return bare(text(address))
    except Rejected:
        return ""


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""
