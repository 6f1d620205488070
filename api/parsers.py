"""Bodies of requests."""

from collections.abc import Iterator, Mapping
from typing import IO, Any
from urllib.parse import parse_qsl

from django.core.exceptions import RequestDataTooBig
from rest_framework import parsers
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.request import Request

from api.errors import TOO_LARGE
from upclass.texts import is_text


class TooLarge(APIException):
    status_code = 413
    default_detail = TOO_LARGE


def refuse_large(request: Request) -> None:
    """Raise TooLarge for a body over the limit, whether or not anybody will read it."""
    try:
        len(request.body)
    except RequestDataTooBig as error:
        raise TooLarge from error


def require_object(request: Request) -> None:
    """Read the body also where nobody else will. Raises what its parser does, and for what is no object."""
    if not isinstance(request.data, dict):
        raise ParseError("The body must be a JSON object.")


class JsonParser(parsers.JSONParser):
    """JSON, where what is nested too deeply or holds impossible text is the sender's mistake, too."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            found = super().parse(stream, media_type, parser_context)
            reject_invalid_text(found)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        return found


NO_TEXT = "Must contain neither NUL nor half a surrogate pair."


def reject_invalid_text(found: Any) -> None:
    """Raise ValidationError, naming where, for text that no database and no UTF-8 can hold."""
    where = next(_invalid_paths(found, ()), None)
    if where is not None:
        raise ValidationError({".".join(where) or "non_field_errors": [NO_TEXT]})


def reject_invalid_query(request: Request) -> None:
    """The same for a query, as it was sent: Django has put other characters for bytes that are no UTF-8."""
    query = request.META["QUERY_STRING"]
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
        reject_invalid_text({name: value})


def _invalid_paths(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Paths of invalid texts. A name that is itself invalid is reported where it stands, and not repeated."""
    if isinstance(value, str) and not is_text(value):
        yield path
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _invalid_paths(inner, (*path, name)) if is_text(name) else [path]
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _invalid_paths(inner, (*path, str(number)))
