"""Sends one bulletin to many readers: ``ledger`` through the engine, ``django`` and ``aiosmtplib`` through theirs."""

import asyncio
import json
import resource
import sys
import time
from email.message import EmailMessage

from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

# isort: off - Django is set up by the first of these
from readers import MESSAGE, SENDER, address_of, furnish

from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import State
from pregon.delivery.models import ChannelAccount, Delivery
from pregon.delivery.registry import build
from pregon.delivery.values import Audience

# isort: on

how, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
now = timezone.now()
addresses = [address_of(number) for number in range(count)]
furnish(port, count)


def through_the_ledger() -> dict[str, float]:
    dispatch = delivery.dispatch(
        MESSAGE,
        key=f"benchmark-{now.isoformat()}",
        origin="benchmark",
        lane=Lane.NOW,
        audience=Audience(channels=("email",)),
        at=timezone.now(),
    )
    prepared = 0.0
    while delivery.prepare_due(Lane.NOW, at=timezone.now()) or not prepared:
        prepared = time.perf_counter() - started
    while delivery.deliver_on(Lane.NOW, "email", now=timezone.now):
        pass
    sent = Delivery.objects.filter(dispatch=dispatch, state=State.SENT).count()
    if sent != count:
        raise SystemExit(f"Only {sent} of {count} messages left.")
    return {"prepared": prepared, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def letter() -> tuple[str, str, str]:
    account = ChannelAccount.objects.get(kind="email")
    parcel = Parcel(
        key="benchmark",
        destination=addresses[0],
        message=MESSAGE,
        unsubscribe_url="https://ejemplo.invalid/baja",
        preferences_url="https://ejemplo.invalid/preferencias",
    )
    preview = build("email", account.options).preview(parcel)
    return preview.subject, preview.text, preview.html


def through_django() -> dict[str, float]:
    subject, text, html = letter()
    letters = []
    for address in addresses:
        mail = EmailMultiAlternatives(
            subject, text, SENDER, [address], headers={"List-Unsubscribe": "<https://ejemplo.invalid/baja>"}
        )
        mail.attach_alternative(html, "text/html")
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
    return {}


def through_aiosmtplib() -> dict[str, float]:
    import aiosmtplib

    subject, text, html = letter()

    async def send() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as smtp:
            for address in addresses:
                mail = EmailMessage()
                mail["Subject"], mail["From"], mail["To"] = subject, SENDER, address
                mail["List-Unsubscribe"] = "<https://ejemplo.invalid/baja>"
                mail.set_content(text)
                mail.add_alternative(html, subtype="html")
                await smtp.send_message(mail)

    asyncio.run(send())
    return {}


WAYS = {"ledger": through_the_ledger, "django": through_django, "aiosmtplib": through_aiosmtplib}
if how == "size":
    account = ChannelAccount.objects.get(kind="email")
    raw = (
        build("email", account.options)
        .preview(
            Parcel(
                key="1-1", destination=addresses[0], message=MESSAGE, unsubscribe_url="x", preferences_url="x"
            )
        )
        .raw
    )
    print(json.dumps({"bytes": len(raw)}))
else:
    started = time.perf_counter()
    told = WAYS[how]()
    print(json.dumps({"seconds": time.perf_counter() - started} | told))
