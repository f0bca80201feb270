"""Every code of the Cloud API has a name, and a call whose answer was lost is not made twice by mistake."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from pregon.channels.graph import Forbidden, GraphOptions, Refused
from pregon.channels.whatsapp.cloud import Cloud, problem_in
from pregon.core.http import client
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Unanswered
from servers.whatsapp import ERRORS, error_body

NAMES: dict[type[Exception], set[int]] = {
    Forbidden: {10, 200},
    Misconfigured: {33, 190, 368, 131005, 131031, 131042, 131045, 133010}
    | {132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018},
    Postponed: {1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004},
    Refused: {100, 130472, 131008, 131009, 131026, 131030, 131047, 131049, 131051, 131053},
    DestinationGone: {131050},
}


def cloud(answer: httpx2.Response | Exception) -> Cloud:
    def handle(request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Cloud.over(client(transport=httpx2.MockTransport(handle)), options("https://graph.example/"))


def options(base: str) -> GraphOptions:
    return GraphOptions(token="EAAsecreto", api_base=base)


def told(code: int, **headers: str) -> httpx2.Response:
    return httpx2.Response(ERRORS[str(code)]["status"], json=error_body(code), headers=headers)


def test_every_recorded_code_has_its_name_here() -> None:
    assert {str(code) for codes in NAMES.values() for code in codes} == set(ERRORS)


@pytest.mark.parametrize(
    ("code", "error"), [(code, error) for error, codes in NAMES.items() for code in sorted(codes)]
)
def test_each_code_has_a_name_and_a_whole_sentence(code: int, error: type[Exception]) -> None:
    with pytest.raises(error) as refusal:
        cloud(told(code)).say("1/messages", {}, template="pregon_boletin")
    said = str(refusal.value)
    assert (refusal.type, said[0].isupper(), "%(" in said) == (error, True, False)


@pytest.mark.parametrize("code", [132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018])
def test_trouble_with_a_template_names_it(code: int) -> None:
    with pytest.raises(Misconfigured, match="pregon_boletin"):
        cloud(told(code)).say("1/messages", {}, template="pregon_boletin")


@pytest.mark.parametrize(
    ("code", "whole"), [(130429, True), (80007, True), (131048, True), (131056, False), (131000, False)]
)
def test_only_what_concerns_all_holds_all(code: int, whole: bool) -> None:
    with pytest.raises(Postponed) as delay:
        cloud(told(code)).say("1/messages", {})
    assert delay.value.whole is whole


def test_the_wait_is_what_the_header_foretells() -> None:
    usage = '{"1": [{"estimated_time_to_regain_access": 4}, {"estimated_time_to_regain_access": 7}]}'
    with pytest.raises(Postponed) as delay:
        cloud(told(80007, **{"X-Business-Use-Case-Usage": usage})).say("1/messages", {})
    assert delay.value.wait == timedelta(minutes=7)


def test_a_number_that_is_not_ours_is_a_wrong_setting() -> None:
    body = error_body(100, subcode=33)
    with pytest.raises(Misconfigured):
        cloud(httpx2.Response(400, json=body)).get("1")


def test_an_error_without_a_code_is_no_dead_token() -> None:
    assert type(problem_in({"message": "Unknown path components"})) is Refused


@pytest.mark.parametrize(
    ("silence", "error"),
    [
        (httpx2.ReadTimeout("late"), Unanswered),
        (httpx2.ReadError("cut"), Unanswered),
        (httpx2.ConnectError("refused"), Postponed),
    ],
)
def test_a_message_whose_answer_was_lost_is_a_doubt(silence: Exception, error: type[Exception]) -> None:
    with pytest.raises(error):
        cloud(silence).say("1/messages", {})


@pytest.mark.parametrize("silence", [httpx2.ReadTimeout("late"), httpx2.ConnectError("refused")])
def test_a_question_and_an_upload_are_simply_made_again(silence: Exception) -> None:
    with pytest.raises(Postponed):
        cloud(silence).get("1")
    with pytest.raises(Postponed):
        cloud(silence).upload("1/media", file=("foto.jpg", b"1", "image/jpeg"))


def test_a_server_in_the_offices_own_network_must_be_allowed() -> None:
    with client() as http, pytest.raises(Misconfigured):
        Cloud.over(http, options("http://127.0.0.1:9")).get("1")


@pytest.mark.parametrize("answer", [httpx2.ConnectError("cannot reach EAAsecreto"), told(190), told(100)])
def test_no_error_tells_the_token(answer: httpx2.Response | Exception) -> None:
    with pytest.raises((Postponed, Misconfigured, Refused)) as problem:
        cloud(answer).get("debug_token", input_token="EAAsecreto")
    assert "EAAsecreto" not in str(problem.value)
