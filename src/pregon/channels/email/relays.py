"""What a mail service tells at our door about letters that it took: who may tell it, proved before it is read.

Each service proves itself in its own way, by a signature or by a password in the address that it was given. One that we
do not know can be brought to our own form, signed as Standard Webhooks asks, by a few lines in between.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.email import services
from pregon.channels.email.address import bare
from pregon.core.http import Http, OutboundError
from pregon.delivery.contract import Arrival, Fate, Heard, Notice, Report
from pregon.delivery.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PREFIX = "whsec_"
#: A call older than this is somebody's copy.
FRESH = timedelta(minutes=5)
#: So long these try again to tell what we did not hear.
MAILGUN_FRESH, SENDGRID_FRESH = timedelta(hours=9), timedelta(hours=25)
MOST = 1000
SHORTEST = 24
#: One that may stand in an address.
PASSWORD = re.compile(rf"[\w.~-]{{{SHORTEST},200}}", re.ASCII)
#: Of the region in its name is the host that signs for it.
TOPIC = re.compile(r"arn:aws:sns:[a-z]{2}-[a-z]+-\d{1,2}:\d{12}:[\w-]{1,256}", re.ASCII)
#: What falls over a text that is not the one expected.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)

Hears = Callable[[Notice, str, datetime, Http], Heard]
Reports = Callable[[Any], Iterable[Arrival | Report]]


def heard(notice: Notice, *, service: str, secret: str, at: datetime, http: Http) -> Heard:
    """The fates that a call tells. Raises ``Rejected`` for one that is not of the office's own service."""
    if not secret:
        return Heard(status=404)
    if notice.method != "POST":
        raise Rejected(_("Los avisos de rebotes llegan por POST."))
    return FORMS[service].hears(notice, secret, at, http)


def after(is_theirs: Callable[[Notice, str, datetime], bool], reports: Reports) -> Hears:
    """Hears what is told in ``reports`` once the call has proved itself."""

    def hears(notice: Notice, secret: str, at: datetime, http: Http) -> Heard:
        if not is_theirs(notice, secret, at):
            raise Rejected(_("El aviso de rebotes no trae la firma de esta oficina."))
        return read(reports, notice.body)

    return hears


def hears_by_sns(notice: Notice, topic: str, at: datetime, http: Http) -> Heard:
    """What Amazon carries. It is to come again where Amazon itself could not be asked."""
    from pregon.channels.email import sns  # what it reads certificates with costs every start

    host = f"sns.{topic.split(':')[3]}.amazonaws.com"
    try:
        told = sns.opened(notice.body, topic=topic, host=host, at=at, http=http)
        if told is None:
            raise Rejected(_("El aviso de rebotes no viene del tema de SNS de esta oficina."))
        if told["Type"] == "SubscriptionConfirmation" and not sns.confirm(told, host=host, http=http):
            return Heard(status=503)
    except OutboundError:
        return Heard(status=503)
    # When the topic has just been chosen, SES says so in words.
    told_of_letters = told["Type"] == "Notification" and told["Message"].startswith("{")
    return read(services.ses, told["Message"]) if told_of_letters else Heard()


def read(reports: Reports, body: bytes | str) -> Heard:
    try:
        return Heard(events=list(reports(json.loads(body))))
    except UNREADABLE:
        return Heard(status=400)


def check(service: str, secret: str) -> None:
    """Raises ``Misconfigured`` for what is not the key of this service."""
    if service not in FORMS:
        raise Misconfigured(_("Elige de la lista el servicio que avisa de los rebotes."))
    if secret and not FORMS[service].fits(secret):
        raise Misconfigured(str(FORMS[service].wanted))


# --- How each proves itself ---------------------------------------------------------------------------------


def is_signed(notice: Notice, secret: str, at: datetime) -> bool:
    """As Standard Webhooks asks."""
    name, moment, given = (
        notice.headers.get(f"webhook-{what}", "") for what in ("id", "timestamp", "signature")
    )
    if not is_fresh(moment, at, FRESH):
        return False
    told = f"{name}.{moment}.".encode() + notice.body
    expected = b"v1," + base64.b64encode(hmac.new(key_in(secret), told, hashlib.sha256).digest())
    return any(hmac.compare_digest(one.encode(), expected) for one in given.split(" "))


def is_mailgun(notice: Notice, secret: str, at: datetime) -> bool:
    """Its signature stands inside what it tells, and covers a moment and a token alone."""
    try:
        proof = json.loads(notice.body)["signature"]
        moment, told = str(proof["timestamp"]), f"{proof['timestamp']}{proof['token']}".encode()
        given = proof["signature"].encode()
    except UNREADABLE:
        return False
    expected = hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
    return is_fresh(moment, at, MAILGUN_FRESH) and hmac.compare_digest(given, expected.encode())


def is_sendgrid(notice: Notice, secret: str, at: datetime) -> bool:
    given, moment = (
        notice.headers.get(f"x-twilio-email-event-webhook-{what}", "") for what in ("signature", "timestamp")
    )
    key = public_key_in(secret)
    if key is None or not is_fresh(moment, at, SENDGRID_FRESH):
        return False
    try:
        key.verify(base64.b64decode(given), moment.encode() + notice.body, ECDSA(SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True


def knows_password(notice: Notice, secret: str, at: datetime) -> bool:
    """The one in the address that it was given, or by itself as a token."""
    scheme, _space, given = notice.headers.get("authorization", "").partition(" ")
    said = given.strip().encode()
    if scheme.lower() == "basic":
        try:
            said = base64.b64decode(said, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    return scheme.lower() in {"basic", "bearer"} and hmac.compare_digest(said, secret.encode())


def is_fresh(moment: str, at: datetime, window: timedelta) -> bool:
    return (
        moment.isdecimal()
        and len(moment) <= 12
        and abs(at.timestamp() - int(moment)) <= window.total_seconds()
    )


def key_in(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        return b""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        return b""


@lru_cache(maxsize=2)
def public_key_in(secret: str) -> EllipticCurvePublicKey | None:
    try:
        key = load_der_public_key(base64.b64decode(secret, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) else None


# --- Our own form -------------------------------------------------------------------------------------------


def own(told: Any) -> Iterator[Report]:
    for event in told["events"][:MOST]:
        yield from report_of(event)


def report_of(event: dict[str, Any]) -> Iterator[Report]:
    """Nothing for a fate that we do not know, or one of nobody."""
    reference, destination = str(event.get("reference", "")), str(event.get("destination", ""))
    with suppress(Rejected):
        destination = bare(destination)
    if event.get("fate") in set(Fate) and (reference or destination):
        yield Report(
            fate=Fate(event["fate"]),
            reference=reference,
            destination=destination,
            reason=str(event.get("reason", "")),
        )


# --- All of them --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Form:
    """One service: how it is heard, and the key that it asks of the office."""

    hears: Hears
    fits: Callable[[str], object]
    wanted: str | StrPromise


_password = gettext_lazy(
    "La contraseña para los avisos de rebotes lleva al menos 24 letras sin acento, números o guiones, sin espacios."
)

FORMS = {
    "standard": Form(
        after(is_signed, own),
        lambda secret: len(key_in(secret)) >= SHORTEST,
        gettext_lazy(
            "El secreto para avisos de rebotes debe empezar con whsec_ y llevar al menos 24 bytes en base64."
        ),
    ),
    "ses": Form(
        hears_by_sns,
        TOPIC.fullmatch,
        gettext_lazy("Con Amazon SES escribe el ARN del tema de SNS: empieza con arn:aws:sns:."),
    ),
    "mailgun": Form(
        after(is_mailgun, services.mailgun),
        PASSWORD.fullmatch,
        gettext_lazy("Con Mailgun escribe la «HTTP webhook signing key» completa."),
    ),
    "sendgrid": Form(
        after(is_sendgrid, services.sendgrid),
        public_key_in,
        gettext_lazy("Con SendGrid escribe la «Verification key» completa."),
    ),
    "postmark": Form(after(knows_password, services.postmark), PASSWORD.fullmatch, _password),
    "brevo": Form(after(knows_password, services.brevo), PASSWORD.fullmatch, _password),
}
