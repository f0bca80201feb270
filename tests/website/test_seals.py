from __future__ import annotations

from urllib.parse import unquote
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client

from factories.newsroom import town
from pregon.website.seals import drawn_seal

pytestmark = pytest.mark.django_db


def test_the_drawing_is_a_file_of_its_own_with_the_initial_of_the_town() -> None:
    drawn = fromstring(drawn_seal(town()))
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert [piece.text for piece in drawn if piece.text] == ["V"]


def test_every_page_carries_it_as_its_icon_without_asking_for_it(client: Client) -> None:
    office = town()
    page = client.get("/privacidad/").content.decode()
    told = page.split('<link rel="icon" href="data:image/svg+xml,')[1].split('"')[0]
    assert ("#" in told, unquote(told)) == (False, drawn_seal(office))
