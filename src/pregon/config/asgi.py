"""The web part: baked files at once, Django behind them in a bounded number of threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pregon.config.settings")

django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - settings may be read once Django stands

from pregon.website.front import SAFETY, Front, Gateway  # noqa: E402 - the same
from pregon.website.hub import feed  # noqa: E402 - the same
from pregon.website.hub.doors import Doors  # noqa: E402 - the same
from pregon.website.viewlog import ViewLog  # noqa: E402 - the same

views = ViewLog(settings.HOME.views) if settings.PREGON_COUNT_VIEWS else None
doors = Doors(feed.follow, safety=SAFETY)
application = Front(
    Gateway(django),
    baked=settings.HOME.baked,
    static=settings.HOME.static,
    live=doors,
    views=views,
)
