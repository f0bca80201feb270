"""The double is only worth something if it refuses what WhatsApp refuses."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from servers.whatsapp import PHONE, WhatsAppApi, error_body

PERSON, WA_ID = "+523331234567", "5213331234567"
BODY = "Boletín: *{{1}}*\n\n{{2}}\n\nFin."


def send(api: WhatsAppApi, *, to: str = PERSON, token: str = "", **content: Any) -> tuple[int, Any]:
    answer = httpx2.post(
        f"{api.url}/v26.0/{PHONE}/messages",
        json={"messaging_product": "whatsapp", "to": to, **content},
        headers={"Authorization": f"Bearer {token or api.token}"},
    )
    return answer.status_code, answer.json()


def text(api: WhatsAppApi, body: str, **fields: Any) -> tuple[int, Any]:
    return send(api, type="text", text={"body": body}, **fields)


def template(
    api: WhatsAppApi, *words: str, name: str = "aviso", **more: list[dict[str, Any]]
) -> tuple[int, Any]:
    filled = {"body": [{"type": "text", "text": word} for word in words]} | more
    components = [{"type": kind, "parameters": parameters} for kind, parameters in filled.items()]
    asked = {"name": name, "language": {"code": "es_MX"}, "components": components}
    return send(api, type="template", template=asked)


def test_somebody_who_wrote_is_answered_and_called_as_whatsapp_calls_them(whatsapp_api: WhatsAppApi) -> None:
    whatsapp_api.write(WA_ID, "hola")
    status, told = text(whatsapp_api, "Buenas tardes")
    assert (status, told["contacts"]) == (200, [{"input": PERSON, "wa_id": WA_ID}])
    assert list(whatsapp_api.messages) == [told["messages"][0]["id"]]


def test_nobody_is_written_to_freely_who_did_not_write(whatsapp_api: WhatsAppApi) -> None:
    assert text(whatsapp_api, "Buenas tardes") == (400, error_body(131047))


def test_a_wrong_token_and_a_wrong_number_are_refused(whatsapp_api: WhatsAppApi) -> None:
    assert text(whatsapp_api, "x", token="otra") == (401, error_body(190))
    headers = {"Authorization": f"Bearer {whatsapp_api.token}"}
    answer = httpx2.get(f"{whatsapp_api.url}/v26.0/1", headers=headers)
    assert (answer.status_code, answer.json()["error"]["error_subcode"]) == (400, 33)


def test_text_and_captions_have_their_limits(whatsapp_api: WhatsAppApi) -> None:
    whatsapp_api.write(WA_ID, "hola")
    whatsapp_api.media["1"] = b"a photo"
    assert [text(whatsapp_api, "á" * length)[0] for length in (4096, 4097)] == [200, 400]
    for length, status in ((1024, 200), (1025, 400)):
        assert send(whatsapp_api, type="image", image={"id": "1", "caption": "á" * length})[0] == status


def test_a_template_is_filled_as_it_was_approved_or_refused(whatsapp_api: WhatsAppApi) -> None:
    whatsapp_api.approve("aviso", BODY)
    codes = [
        template(whatsapp_api, *words)[1].get("error", {}).get("code")
        for words in (
            ["Uno", "Dos"],
            ["Uno"],
            ["Uno", ""],
            ["Uno", "Dos\ntres"],
            ["Uno", "x     y"],
            ["Uno", "x" * 1024],
        )
    ]
    assert codes == [None, 132000, 132000, 132018, 132018, 132005]
    assert template(whatsapp_api, "Uno", "Dos", name="otra") == (404, error_body(132001))


def test_photo_and_button_must_be_there_where_the_template_has_them(whatsapp_api: WhatsAppApi) -> None:
    whatsapp_api.approve("aviso", BODY, button="Leer", photo=True)
    whatsapp_api.media["1"] = b"a photo"
    header = [{"type": "image", "image": {"id": "1"}}]
    button = [{"type": "text", "text": "boletines/1/"}]
    assert template(whatsapp_api, "Uno", "Dos", button=button)[1]["error"]["code"] == 132012
    assert template(whatsapp_api, "Uno", "Dos", header=header)[1]["error"]["code"] == 131008
    assert template(whatsapp_api, "Uno", "Dos", header=header, button=button)[0] == 200


@pytest.mark.parametrize(("status", "code"), [("PENDING", 132001), ("PAUSED", 132015), ("DISABLED", 132016)])
def test_a_template_that_lost_its_approval_is_refused(
    whatsapp_api: WhatsAppApi, status: str, code: int
) -> None:
    whatsapp_api.approve("aviso", BODY)
    whatsapp_api.templates["aviso", "es_MX"]["status"] = status
    assert template(whatsapp_api, "Uno", "Dos")[1]["error"]["code"] == code


def test_too_much_to_one_person_is_refused(whatsapp_api: WhatsAppApi) -> None:
    whatsapp_api.write(WA_ID, "hola")
    whatsapp_api.burst = 2
    assert [text(whatsapp_api, "x")[0] for _time in range(3)] == [200, 200, 400]


def test_a_refusal_may_tell_how_long_to_wait(whatsapp_api: WhatsAppApi) -> None:
    whatsapp_api.refuse(80007, wait=4)
    answer = httpx2.post(
        f"{whatsapp_api.url}/v26.0/{PHONE}/messages",
        json={"messaging_product": "whatsapp"},
        headers={"Authorization": f"Bearer {whatsapp_api.token}"},
    )
    assert '"estimated_time_to_regain_access": 4' in answer.headers["x-business-use-case-usage"]


def test_what_is_no_photo_is_not_kept(whatsapp_api: WhatsAppApi) -> None:
    def upload(content: bytes) -> int:
        return httpx2.post(
            f"{whatsapp_api.url}/v26.0/{PHONE}/media",
            data={"messaging_product": "whatsapp"},
            files={"file": ("foto.jpg", content, "image/jpeg")},
            headers={"Authorization": f"Bearer {whatsapp_api.token}"},
        ).status_code

    assert [upload(content) for content in (b"\xff\xd8\xffphoto", b"<svg/>")] == [200, 400]
    assert list(whatsapp_api.media.values()) == [b"\xff\xd8\xffphoto"]


def test_a_buttons_blank_is_not_left_empty(whatsapp_api: WhatsAppApi) -> None:
    whatsapp_api.approve("aviso", BODY, button="Leer")
    for words, status in (("a/b/", 200), ("", 400)):
        assert template(whatsapp_api, "Uno", "dos", button=[{"type": "text", "text": words}])[0] == status
