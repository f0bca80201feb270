"""What people wrote reaches the office whole, and one that is too long is told how much there is."""

from __future__ import annotations

import pytest
from django import forms

from pregon.core.forms import WholeWords, keep_whole


class Note(WholeWords, forms.Form):
    text = forms.CharField(label="Qué pasa, al 100 %", max_length=10)
    more = forms.CharField(required=False)


@pytest.mark.parametrize(("written", "many"), [("x" * 11, 11), ("uno\r\ndos\r\ntres", 14), ("📣" * 11, 11)])
def test_what_is_too_long_is_kept_whole_and_says_how_long_it_is(written: str, many: int) -> None:
    form = Note({"text": written})
    assert form.errors == {
        "text": [f"«Qué pasa, al 100 %» admite 10 caracteres y aquí hay {many}: acórtalo."]
    }
    assert form["text"].value() == written


def test_no_browser_cuts_it_and_a_script_may_say_the_same() -> None:
    form = Note({"text": "x" * 10})
    assert form.is_valid()
    shown = str(form["text"])
    assert ("maxlength" in shown, 'data-limit="10"' in shown) == (False, True)
    assert "data-limit" not in str(form["more"])


def test_a_field_that_comes_later_is_taken_care_of_too() -> None:
    form = Note()
    form.fields["late"] = forms.CharField(max_length=5)
    keep_whole(form)
    assert "maxlength" not in str(form["late"]) and "data-limit" in str(form["late"])
