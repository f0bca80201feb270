"""How a line that nothing measures could be measured in this office: whoever reads the line reads that too."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pregon.accounts.models import Topic
from pregon.delivery import registry as channels
from pregon.plan import registry
from pregon.plan.proposing import by_hand, narrowing, propose
from pregon.plan.values import Advice, MeasureLine


def advise(text: str) -> Advice:
    """The best measure for ``text``, narrowed to what it names and the office has; where no record tells it, what to
    capture."""
    name = next(iter(propose(text)), "")
    if not name:
        return Advice(by_hand=by_hand(text))
    measure = registry.find(name)
    named = {key: value for key, value in narrowing(text).items() if key in measure.parameters}
    words = {key: said for key, value in named.items() if (said := _called(key, value))}
    return Advice(
        measure=MeasureLine(name=name, parameters={key: named[key] for key in words}),
        title=", ".join([str(measure.title), *words.values()]),
    )


def _called(parameter: str, value: str) -> str:
    """What the desk calls it; "" where the office has no such thing."""
    if parameter == "channel":
        return _("canal %(name)s") % {"name": channels.label_of(value)} if value in channels.kinds() else ""
    topic = Topic.objects.filter(slug=value).first()
    return _("tema «%(name)s»") % {"name": topic} if topic else ""
