from __future__ import annotations

import re

import pytest

from pregon.alerts.models import HEADLINE, AlertTemplate
from pregon.alerts.reading import templates


@pytest.mark.parametrize("template", templates(), ids=lambda each: str(each["slug"]))
def test_every_template_holds_what_its_row_takes_and_speaks_in_short_sentences(
    template: dict[str, object],
) -> None:
    made = AlertTemplate(**template)
    made.full_clean(validate_unique=False, validate_constraints=False)
    assert len(made.headline) <= HEADLINE - 20, "There has to be room for the name of a place."
    sentences = re.split(r"(?<=[.])\s+", f"{made.instruction} {made.description}")
    assert [sentence for sentence in sentences if len(sentence.split()) > 18] == []


def test_templates_keep_their_order() -> None:
    assert [each["slug"] for each in templates()][:3] == ["inundacion", "incendio-forestal", "sismo"]
