"""An office whose mail goes to a sink, as many readers as a measure asks for, and the bulletin that they get."""

import django

django.setup()

from django.utils import timezone  # noqa: E402 - Django stands first

from pregon.delivery.enums import MessageKind, Mode, Standing  # noqa: E402 - the same
from pregon.delivery.models import ChannelAccount, Subscriber  # noqa: E402 - the same
from pregon.delivery.values import Block, Message  # noqa: E402 - the same

SENDER = "prensa@ejemplo.invalid"
MESSAGE = Message(
    kind=MessageKind.NEWS,
    headline="Boletín de muestra para medir",
    url="https://ejemplo.invalid/boletines/2026-001/",
    blocks=(Block(kind="paragraph", text="Texto de muestra. "),),
    sender="Comunicación Social de muestra",
)


def address_of(number: int) -> str:
    return f"medida-{number}@ejemplo.invalid"


def furnish(port: int, count: int) -> None:
    """The mail channel live, and exactly ``count`` readers; what a sample office had of its own is gone."""
    account = ChannelAccount.objects.filter(kind="email").first() or ChannelAccount(kind="email")
    account.mode = Mode.LIVE
    account.options = {"host": "127.0.0.1", "port": port, "security": "none", "sender_address": SENDER}
    account.save()
    Subscriber.objects.exclude(address__startswith="medida-").delete()
    known = Subscriber.objects.count()
    if known > count:
        Subscriber.objects.exclude(address__in=[address_of(number) for number in range(count)]).delete()
    now = timezone.now()
    Subscriber.objects.bulk_create(
        (
            Subscriber(
                channel="email",
                address=address_of(number),
                consent="Lectora de muestra.",
                asked_at=now,
                confirmed_at=now,
                standing=Standing.CONFIRMED,
            )
            for number in range(known, count)
        ),
        batch_size=5_000,
    )
