"""How the OpenAPI description is made: from the serializers that are used, and the outcomes that are raised.

Every operation is declared by `operation(...)`; what all have in common is added there.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from api import errors
from api.idempotency import HEADER, RULE
from api.problems import IdempotencyKeyReused, RequestInProgress, ResponseUnreadable, TooManyRequests
from customers.errors import ApiKeyInactive, InvalidApiKey
from upclass.errors import Problem

REQUEST_ID = "3f2b8c1d9e4a4c6f8b7a6d5e4f3c2b1a"
MEETING_CODE = OpenApiParameter(
    "meeting_code",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    pattern="^[A-Za-z]{4}-[A-Za-z]{4}-[A-Za-z]{4}$",
    description="The meeting's code, in any case.",
    examples=[OpenApiExample("meeting", "BCDF-GHJK-MNPR")],
)
EXTERNAL_USER_ID = OpenApiParameter(
    "external_user_id",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="Your system's user ID, percent-encoded; `/` may stand as it is or as `%2F`.",
    examples=[OpenApiExample("person", "user-123")],
)
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    pattern="^[ -~]{1,255}$",
    description=(
        "1-255 printable characters. A request repeated with the same key and body within 24 hours gets "
        "the first one's 2xx answer again, with `Idempotent-Replayed: true`, and has no further effect."
    ),
)


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-API-KEY"}


# Errors


class ErrorSerializer(serializers.Serializer[Any]):
    error = serializers.CharField(help_text="The outcome's title.")
    detail = serializers.CharField(help_text="One sentence: what is wrong, and what to change.")
    code = serializers.CharField(help_text="The outcome as a stable word, for programs.")
    request_id = serializers.CharField(help_text="Also in the header X-Request-ID; tell it to support.")


class InvalidRequestSerializer(ErrorSerializer):
    fields = serializers.DictField(  # type: ignore[assignment]  # the metaclass takes it out of the class
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Sentences by the path of the field, such as `participants.1.email`.",
    )


class MeetingStartedSerializer(ErrorSerializer):
    started_at = serializers.DateTimeField(required=False)


Example = tuple[str, dict[str, Any]]
Outcome = tuple[int, Example]


def _example(problem: Problem) -> Example:
    shown = errors.body(problem.error, problem.detail, problem.code, **problem.facts)
    return str(problem.error), {**shown, "request_id": REQUEST_ID}


def _outcome(problem: Problem | Outcome) -> Outcome:
    return (problem.status, _example(problem)) if isinstance(problem, Problem) else problem


def _plain(status: int, detail: str, **facts: Any) -> Example:
    """An example of what Django REST framework raises by itself."""
    title, code = errors.TITLES[status]
    return title, {**errors.body(title, detail, code, **facts), "request_id": REQUEST_ID}


EVERYWHERE: list[Outcome] = [
    (401, _example(InvalidApiKey())),
    (403, _example(ApiKeyInactive())),
    (404, _plain(404, errors.NO_SUCH_PATH)),
    (405, _plain(405, 'Method "PUT" not allowed.')),
    (406, _plain(406, "Could not satisfy the request Accept header.")),
    (413, _plain(413, errors.TOO_LARGE)),
    (429, _example(TooManyRequests())),
    (500, _plain(500, errors.CRASHED)),
]
WITH_BODY: list[Outcome] = [
    (400, _plain(400, "topic: Must be a string.", fields={"topic": ["Must be a string."]})),
]
OF_POST: list[Problem | Outcome] = [
    (400, _plain(400, f"{HEADER}: {RULE}", fields={HEADER: [RULE]})),
    (415, _plain(415, errors.MEDIA_TYPE)),
    RequestInProgress(),
    ResponseUnreadable(),
    IdempotencyKeyReused(),
]
NOT_WHOLE = "A valid integer is required."
WITH_QUERY: list[Outcome] = [(400, _plain(400, f"limit: {NOT_WHOLE}", fields={"limit": [NOT_WHOLE]}))]


def _error_responses(found: Iterable[Outcome]) -> dict[int, OpenApiResponse]:
    by_status: dict[int, list[Example]] = {}
    for status, example in found:
        by_status.setdefault(status, []).append(example)
    return {status: _error_response(status, examples) for status, examples in sorted(by_status.items())}


def _error_response(status: int, examples: list[Example]) -> OpenApiResponse:
    special = {400: InvalidRequestSerializer, 409: MeetingStartedSerializer}
    return OpenApiResponse(
        special.get(status, ErrorSerializer),
        description=" or ".join(dict.fromkeys(title for title, _ in examples)),
        examples=[
            OpenApiExample(value["detail"], value, status_codes=[str(status)]) for _, value in examples
        ],
    )


# Operations

TAGS = (
    "meetings",
    "participants",
    "recordings",
    "feedback",
    "account",
)  # in the order in which a reader meets them


def _tag(name: str) -> str:
    """An operation's name says of what it is."""
    return next(tag for tag in TAGS if tag.removesuffix("s") in name)


def _object(serializer: Any) -> Any:
    """Every answer is an object, that of an action `list`, too."""
    return forced_singular_serializer(serializer)  # type: ignore[no-untyped-call]


def operation(
    name: str,
    summary: str,
    success: tuple[int, Any, dict[str, Any]],
    *,
    problems: Iterable[Problem | Outcome] = (),
    body: tuple[Any, dict[str, Any]] | None = None,
    parameters: Sequence[OpenApiParameter] = (),
) -> Callable[[Any], Any]:
    """Describe one method of one path: what it takes, what it answers, and each way it can fail.

    `success` is status, serializer and an example; `body` is the request's serializer and an example.
    """
    status, serializer, shown = success
    found = [*EVERYWHERE, *map(_outcome, problems)]
    found += WITH_BODY if body else []
    found += WITH_QUERY if any(one.location == OpenApiParameter.QUERY for one in parameters) else []
    answers = [OpenApiExample("answer", shown, response_only=True, status_codes=[str(status)])]
    bodies = [OpenApiExample("body", body[1], request_only=True)] if body else []
    return extend_schema(
        operation_id=name,
        tags=[_tag(name)],
        summary=summary,
        description=f"{summary}.",  # or the docstring, which speaks to us, would be taken
        request=body[0] if body else None,
        parameters=[*parameters],
        examples=bodies,
        responses={
            status: OpenApiResponse(_object(serializer), examples=answers),
            **_error_responses(found),
        },
    )


def post_operation(
    name: str,
    summary: str,
    success: tuple[int, Any, dict[str, Any]],
    *,
    problems: Iterable[Problem],
    body: tuple[Any, dict[str, Any]] | None = None,
    parameters: Sequence[OpenApiParameter] = (),
) -> Callable[[Any], Any]:
    """Describe a POST: as `operation` does, and with what `Idempotency-Key` brings."""
    return operation(
        name,
        summary,
        success,
        problems=[*problems, *OF_POST],
        body=body,
        parameters=[*parameters, IDEMPOTENCY_KEY],
    )


# What the generator cannot see

OPTIONAL = {
    "CreatedMeeting": ["participants"],
    "Meeting": ["registered_participant_count", "registered_participants"],
}


def postprocess_schema(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Fields that only secured meetings show are not required; answers list their headers.

    Paths come by their tags, which the generator would sort by letters.
    """
    for component in result["components"]["schemas"].values():
        component.pop("description", None)  # docstrings, which speak to us
    for name, fields in OPTIONAL.items():
        component = result["components"]["schemas"][name]
        component["required"] = [field for field in component["required"] if field not in fields]
    result["paths"] = dict(sorted(result["paths"].items(), key=lambda path: _place(path[1])))
    for path in result["paths"].values():
        for method, described in path.items():
            for status, response in described["responses"].items():
                response["headers"] = {**response.get("headers", {}), **_headers(method, status)}
    return result


def _place(path: dict[str, Any]) -> int:
    return TAGS.index(next(iter(path.values()))["tags"][0])


def _headers(method: str, status: str) -> dict[str, Any]:
    found = {"X-Request-ID": _header("The id of this request.")}
    if status not in ("401", "403"):
        found["RateLimit-Policy"] = _header('What the key may send: `"default";q=200;w=2`.')
        found["RateLimit"] = _header('What is left of it: `"default";r=199;t=1`.')
    if status == "429" or (method, status) == ("post", "409"):
        found["Retry-After"] = _header("Seconds after which to repeat the request; not with every 409.")
    if method == "post" and status.startswith("2"):
        found["Idempotent-Replayed"] = _header("`true` on an answer that is given again.")
    return found


def _header(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "schema": {"type": "string"}}
