"""The OpenAPI document says what the service does."""

import json
from typing import Any

import pytest
from django.test import Client

from api.docs import DOCUMENT
from api.v1 import examples
from api.v1.document import build_document
from tests.conftest import Api

HTTP = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(DOCUMENT.read_text())


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [
        (method, path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if method in HTTP
    ]


def test_the_committed_document_is_what_the_code_says() -> None:
    assert build_document() == DOCUMENT.read_text(), "stale: run `make schema`"


def test_it_is_served_to_everybody(client: Client, document: Any) -> None:
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 200
    assert answer.json() == document
    assert document["openapi"].startswith("3.1")


def test_every_operation_says_how_to_authenticate_and_names_itself(document: Any) -> None:
    for _, _, described in operations(document):
        assert described["security"] == [{"ApiKey": []}]
        assert described["operationId"]
        assert described["summary"]


def test_every_answer_of_every_operation_has_an_example(document: Any) -> None:
    for method, path, described in operations(document):
        for status, response in described["responses"].items():
            content = response["content"]["application/json"]
            assert content["examples"], f"{method} {path} {status}"


def test_every_operation_documents_the_errors_that_can_always_come(document: Any) -> None:
    for method, path, described in operations(document):
        assert {"401", "403", "404", "405", "406", "413", "429", "500"} <= described["responses"].keys(), (
            method,
            path,
        )


def test_every_post_documents_its_body_and_idempotency_keys(document: Any) -> None:
    posts = [described for method, _, described in operations(document) if method == "post"]
    assert len(posts) == 3
    for described in posts:
        assert {"400", "409", "415", "422"} <= described["responses"].keys()
        assert "Idempotency-Key" in [parameter["name"] for parameter in described["parameters"]]
        conflicts = described["responses"]["409"]["content"]["application/json"]["examples"]
        assert "request_in_progress" in [example["value"]["code"] for example in conflicts.values()]


def test_a_created_meeting_has_the_fields_of_its_example_in_that_order(api: Api) -> None:
    made = api.post("meetings/", {**examples.NEW_MEETING, "participants": [examples.JOHN]}).json()
    assert list(made) == list(examples.CREATED)
    assert list(made["participants"][0]) == list(examples.REGISTERED)


def test_the_other_examples_have_the_fields_of_the_answers_in_that_order(api: Api) -> None:
    code = api.post("meetings/", {**examples.NEW_MEETING}).json()["meeting_code"]
    shown: dict[str, Any] = {
        f"meetings/{code}/": examples.MEETING,
        "meetings/": examples.MEETINGS,
        f"meetings/{code}/participants/": examples.PARTICIPANTS,
        f"meetings/{code}/participants/user-123/": examples.ONE_PARTICIPANT,
        f"meetings/{code}/recordings/": examples.RECORDINGS,
        f"meetings/{code}/feedback/": examples.FEEDBACK,
        "account/": examples.ACCOUNT,
        "account/ledger/": examples.LEDGER,
    }
    for path, example in shown.items():
        assert list(api.get(path).json()) == list(example), path
    assert list(api.delete(f"meetings/{code}/participants/user-123/").json()) == list(examples.REMOVED)
    assert list(api.post(f"meetings/{code}/cancel/").json()) == list(examples.CANCELLED)
    code = api.post("meetings/").json()["meeting_code"]
    assert list(api.delete(f"meetings/{code}/").json()) == list(examples.ENDED)


def test_the_examples_of_the_account_have_all_fields_of_their_parts_in_that_order(api: Api) -> None:
    [grant] = api.get("account/ledger/").json()["entries"]
    assert [list(entry) for entry in examples.LEDGER["entries"]] == [list(grant)] * 2  # type: ignore[attr-defined]
    month: Any = examples.ACCOUNT["usage_this_month"]
    assert list(month) == list(api.get("account/").json()["usage_this_month"])


def test_paths_come_in_the_order_of_their_tags_meetings_first(document: Any) -> None:
    tags = [described["tags"] for _, _, described in operations(document)]
    order = list(dict.fromkeys(tag for [tag] in tags))
    assert order == ["meetings", "participants", "recordings", "feedback", "account"]
    assert tags == sorted(tags, key=lambda tag: order.index(tag[0]))


def test_credits_are_numbers_wherever_they_are_shown(document: Any) -> None:
    shown = [
        (name, field)
        for name, schema in document["components"]["schemas"].items()
        for field, declared in schema["properties"].items()
        if (declared.get("type"), declared.get("format")) == ("number", "double")
    ]
    assert shown == [
        ("Account", "credits_balance"),
        ("Account", "overdraft_limit"),
        ("CreatedMeeting", "credits_balance"),
        ("LedgerEntry", "credits"),
        ("LedgerEntry", "balance_after"),
        ("Meeting", "credits_used"),
        ("MonthOfUsage", "credits"),
    ]


def test_the_page_for_people_shows_it_with_files_of_ours(client: Client) -> None:
    page = client.get("/docs/").content.decode()
    assert "/api/v1/schema/" in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_any_other_method_is_refused_as_everywhere(method: str) -> None:
    answer: Any = Client(enforce_csrf_checks=True).generic(method, "/api/v1/schema/")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert list(answer.json()) == ["error", "detail", "code", "request_id"]
