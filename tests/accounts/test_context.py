"""No template types the town's name."""

from __future__ import annotations

import pytest
from django.template import engines
from django.test import RequestFactory

from factories.newsroom import town

pytestmark = pytest.mark.django_db


def test_every_template_knows_the_office() -> None:
    town()
    template = engines["django"].from_string("{{ office.municipality }}, {{ office.state }}")
    assert template.render({}, RequestFactory().get("/")) == "Villa de Muestra, Jalisco"
