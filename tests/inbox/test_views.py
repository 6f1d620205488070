import json
from typing import Any

import pytest
from django.test import Client

from inbox.models import InboundWebhook
from meetings.models import Meeting
from tests.conftest import UNKNOWN_CODE, race
from tests.inbox.conftest import WebhookClient, joined, signature
from upclass import livekit


def test_a_signed_webhook_is_stored_and_not_applied_yet(webhooks: WebhookClient, meeting: Meeting) -> None:
    body = joined(meeting.code, "PA_1")
    assert webhooks.deliver(body).status_code == 200
    webhook = InboundWebhook.objects.get()
    assert (webhook.event_id, webhook.body, webhook.applied_at) == (body["id"], body, None)


def test_the_same_webhook_twice_is_stored_once(webhooks: WebhookClient) -> None:
    for _ in range(2):
        assert webhooks.deliver(joined(UNKNOWN_CODE, "PA_1")).status_code == 200
    assert InboundWebhook.objects.count() == 1


def test_storing_a_webhook_is_one_insert_and_nothing_else(
    webhooks: WebhookClient, django_assert_num_queries: Any
) -> None:
    """A slow answer holds up a room's webhooks; also when it comes twice, and of a meeting or of none."""
    for body in [joined(UNKNOWN_CODE, "PA_1")] * 2 + [{"event": "room_started"}] * 2:
        with django_assert_num_queries(1) as queries:
            assert webhooks.deliver(body).status_code == 200
        assert queries.captured_queries[0]["sql"].startswith("INSERT INTO")
    assert InboundWebhook.objects.count() == 2


def test_what_is_not_signed_costs_no_query(webhooks: WebhookClient, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert webhooks.post(b"{}", Authorization="nonsense").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_also_on_a_connection_of_its_own_it_is_one_insert(
    meeting: Meeting, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        WebhookClient().deliver(joined(meeting.code, "PA_1"))


def test_a_webhook_that_comes_twice_is_applied_as_it_came_first(webhooks: WebhookClient) -> None:
    webhooks.deliver({"id": "EV_1", "event": "a"})
    webhooks.deliver({"id": "EV_1", "event": "b"})
    assert InboundWebhook.objects.get().body["event"] == "a"


def test_a_webhook_without_an_id_is_known_by_its_contents(webhooks: WebhookClient) -> None:
    for body in (b'{"event": "a"}', b'{"event": "a"}', b'{"event": "b"}'):
        assert webhooks.post(body).status_code == 200
    assert InboundWebhook.objects.count() == 2


def test_secrets_are_not_kept(webhooks: WebhookClient) -> None:
    webhooks.deliver({"id": "EV_1", "room": {"name": "x", "turnPassword": "geheim"}})
    assert InboundWebhook.objects.get().body == {"id": "EV_1", "room": {"name": "x"}}


# Not LiveKit's


BODY = b'{"event": "participant_joined", "id": "EV_1"}'


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(lambda: "", id="empty"),
        pytest.param(lambda: "nonsense", id="no token"),
        pytest.param(lambda: "a.b.c", id="broken token"),
        pytest.param(lambda: "\xe4.\xf6.\xfc", id="not ASCII"),
        pytest.param(lambda: signature(BODY, "another secret of sufficient length"), id="another secret"),
        pytest.param(lambda: signature(BODY + b" "), id="another body"),
        pytest.param(lambda: signature(b""), id="no body"),
    ],
)
def test_what_livekit_did_not_sign_leaves_no_trace(webhooks: WebhookClient, authorization: Any) -> None:
    assert webhooks.post(BODY, Authorization=authorization()).status_code == 401
    assert not InboundWebhook.objects.exists()


def test_a_missing_signature_leaves_no_trace(db: None) -> None:
    assert Client().post("/webhooks/livekit/", BODY, "application/json").status_code == 401
    assert not InboundWebhook.objects.exists()


def test_a_call_token_signs_no_webhook(webhooks: WebhookClient) -> None:
    """It has the same key and no hash of a body."""
    assert webhooks.post(b"", Authorization=livekit.token("room", "ann", "Ann", {})).status_code == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_nothing_is_shown_here(db: None, method: str) -> None:
    assert Client().generic(method, "/webhooks/livekit/").status_code == 401


def test_an_unsigned_body_of_any_size_is_nobody_s(db: None) -> None:
    body = b"x" * (2 * 1024 * 1024)
    assert Client().post("/webhooks/livekit/", body, "application/webhook+json").status_code == 401


def test_a_signed_body_of_more_than_a_mebibyte_is_kept(webhooks: WebhookClient) -> None:
    assert webhooks.post(b'{"id": "EV_LARGE", "x": "%s"}' % (b"x" * 2 * 1024 * 1024)).status_code == 200
    assert InboundWebhook.objects.filter(event_id="EV_LARGE").exists()


# Strange, but LiveKit's


STRANGE = [
    pytest.param(b"", id="empty"),
    pytest.param(b"no JSON", id="no JSON"),
    pytest.param(b"\xff\xfe{}", id="not UTF-8"),
    pytest.param(b'\xef\xbb\xbf{"id": "EV_1"}', id="byte order mark"),
    pytest.param(b"[1, 2]", id="a list"),
    pytest.param(b"null", id="null"),
    pytest.param(b'"text\\u0000"', id="a text"),
    pytest.param(b'{"id": "EV_1", "event": "a\\u0000b", "\\u0000": 1}', id="NUL"),
    pytest.param(b'{"id": "EV_\0"}', id="raw NUL"),
    pytest.param(b'{"id": "EV_1", "room": {"name": "\\ud800"}}', id="lone surrogate"),
    pytest.param(b'{"id": "\\udfff", "\\ud800": "\\ud800"}', id="lone surrogate as id"),
    pytest.param(b'{"id": "EV_1", "n": [NaN, Infinity, -Infinity, 1e999, -1e999]}', id="no numbers"),
    pytest.param(b'{"id": "EV_1", "n": ' + b"9" * 4000 + b"}", id="a huge number"),
    pytest.param(b'{"id": "EV_1", "n": ' + b"9" * 5000 + b"}", id="too huge a number"),
    pytest.param(b'{"n": ' * 300 + b"1" + b"}" * 300, id="nested"),
    pytest.param(b'{"n": ' * 3000 + b"1" + b"}" * 3000, id="nested deeply"),
    pytest.param(b"[" * 200_000, id="nested too deeply"),
    pytest.param(b'{"id": 5, "event": [], "room": "x", "participant": null}', id="other types"),
    pytest.param(b'{"id": "' + b"x" * 5000 + b'"}', id="a long id"),
    pytest.param(b'{"id": ""}', id="an empty id"),
    pytest.param(b'{"id": "EV_1", "event": "moon_landing", "unknown": {"a": 1}}', id="unknown event"),
]


@pytest.mark.parametrize("body", STRANGE)
def test_a_rightly_signed_body_is_always_kept(webhooks: WebhookClient, body: bytes) -> None:
    assert [webhooks.post(body).status_code for _ in range(2)] == [200, 200]
    assert InboundWebhook.objects.count() == 1


def test_what_is_no_json_object_is_kept_as_text(webhooks: WebhookClient) -> None:
    webhooks.post(b"hello \xff\0")
    assert InboundWebhook.objects.get().body == {"unreadable": "hello \ufffd"}


@pytest.mark.django_db(transaction=True)
def test_the_same_webhook_twice_at_once_is_stored_once(webhooks: WebhookClient) -> None:
    body = json.dumps(joined(UNKNOWN_CODE, "PA_1")).encode()
    answers: list[Any] = race(*[lambda: WebhookClient().post(body)] * 4)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert InboundWebhook.objects.count() == 1
