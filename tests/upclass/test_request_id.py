import logging

from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from upclass import request_id
from upclass.request_id import RequestIdFilter, RequestIdMiddleware


def logged_id() -> str:
    record = logging.makeLogRecord({})
    RequestIdFilter().filter(record)
    return str(record.__dict__["request_id"])


def test_every_answer_has_an_id_of_its_own(client: Client) -> None:
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
    assert first != second


def test_what_is_logged_during_a_request_has_its_id() -> None:
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(logged_id())
        return HttpResponse()

    response = RequestIdMiddleware(view)(RequestFactory().get("/"))
    assert seen == [response["X-Request-ID"]]


def test_outside_of_requests_there_is_none() -> None:
    assert (request_id.current.get(), logged_id()) == ("-", "-")
