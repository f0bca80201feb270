"""A plain Django and Wagtail process: the same apps, every route read, ready to answer and at rest."""

import sys

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.template import engines  # noqa: E402 - Django stands first
from django.urls import get_resolver  # noqa: E402 - the same

engines.all()
get_resolver()._populate()  # noqa: SLF001 - what the first request would do
print("ready", flush=True)
sys.stdin.read()
