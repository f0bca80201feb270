"""Sends one bulletin to many readers: ``ledger`` through the engine, ``django`` through Django's own mail."""

import json
import sys
import time

import django

django.setup()

from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402 - Django stands first
from django.utils import timezone  # noqa: E402 - the same

from pregon.accounts.models import User  # noqa: E402 - the same
from pregon.core.work import Lane, turn  # noqa: E402 - the same
from pregon.delivery import actions as delivery  # noqa: E402 - the same
from pregon.delivery.actions.channels import set_up  # noqa: E402 - the same
from pregon.delivery.contract import Parcel  # noqa: E402 - the same
from pregon.delivery.enums import MessageKind, Mode, Standing, State  # noqa: E402 - the same
from pregon.delivery.models import ChannelAccount, Delivery, Subscriber  # noqa: E402 - the same
from pregon.delivery.registry import build  # noqa: E402 - the same
from pregon.delivery.values import Audience  # noqa: E402 - the same
from pregon.newsroom.briefs import message_about  # noqa: E402 - the same
from pregon.newsroom.models import Bulletin  # noqa: E402 - the same

how, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
now = timezone.now()
addresses = [f"lectora-{number}@ejemplo.invalid" for number in range(count)]
OPTIONS = {"host": "127.0.0.1", "port": port, "security": "none", "sender_address": "prensa@ejemplo.invalid"}
head = User.objects.filter(is_superuser=True).order_by("pk")[0]
set_up("email", mode=Mode.LIVE, values=OPTIONS, by=head, at=now)
Subscriber.objects.exclude(address__in=addresses).delete()
Subscriber.objects.bulk_create(
    [
        Subscriber(
            channel="email",
            address=address,
            consent="Lectora de muestra.",
            asked_at=now,
            confirmed_at=now,
            standing=Standing.CONFIRMED,
        )
        for address in addresses
    ],
    ignore_conflicts=True,
)
bulletin = Bulletin.objects.live().order_by("-first_published_at")[0]
message = message_about(bulletin, MessageKind.NEWS)


def through_the_ledger() -> None:
    dispatch = delivery.dispatch(
        message,
        key=f"benchmark-{now.isoformat()}",
        origin="benchmark",
        lane=Lane.NOW,
        audience=Audience(channels=("email",)),
        at=now,
    )
    while turn(Lane.NOW, at=timezone.now()):
        pass
    sent = Delivery.objects.filter(dispatch=dispatch, state=State.SENT).count()
    if sent != count:
        raise SystemExit(f"Only {sent} of {count} messages left.")


def through_django() -> None:
    account = ChannelAccount.objects.get(kind="email")
    letter = build("email", account.options).preview(
        Parcel(
            key="benchmark",
            destination=addresses[0],
            message=message,
            unsubscribe_url="https://ejemplo.invalid/baja",
            preferences_url="https://ejemplo.invalid/preferencias",
        )
    )
    letters = []
    for address in addresses:
        mail = EmailMultiAlternatives(
            letter.subject,
            letter.text,
            "prensa@ejemplo.invalid",
            [address],
            headers={"List-Unsubscribe": "<x>"},
        )
        mail.attach_alternative(letter.html, "text/html")
        letters.append(mail)
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host="127.0.0.1",
        port=port,
        use_tls=False,
        use_ssl=False,
    )
    sent = connection.send_messages(letters)
    if sent != count:
        raise SystemExit(f"Only {sent} of {count} messages left.")


started = time.perf_counter()
through_the_ledger() if how == "ledger" else through_django()
print(json.dumps({"seconds": time.perf_counter() - started}))
