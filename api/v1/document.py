"""The OpenAPI document, as it is committed."""

import json

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema


def build_document() -> str:
    """JSON, made from the code as it stands. Raises when it is not valid OpenAPI 3.1."""
    document = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    validate_schema(document)  # type: ignore[no-untyped-call]
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
