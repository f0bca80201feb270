"""Django's own application: the desk and every page that cannot be a file."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pregon.config.settings")

application = get_wsgi_application()
