"""`limit` and `offset`, refused where they make no sense."""

from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from api.v1.fields import CountInQuery

MAX_OFFSET = 2**31 - 1

LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
    OpenApiParameter.QUERY,
    description="Results on a page.",
)
OFFSET = OpenApiParameter(
    "offset",
    {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
    OpenApiParameter.QUERY,
    description="Results to skip.",
)


class PageSerializer(serializers.Serializer[Any]):
    limit = CountInQuery(min_value=1, max_value=100, default=50)
    offset = CountInQuery(min_value=0, max_value=MAX_OFFSET, default=0)


class Filters(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    """Narrows a list by the query's parameters."""

    def count(self) -> int:
        return int(self.qs.count())


def page(request: Request, filters: Filters) -> tuple[list[Any], dict[str, int]]:
    """One page of what the filters leave, and its `count`, `limit` and `offset`. 400 for bad parameters."""
    bounds = PageSerializer(data=request.query_params.dict())
    bounds.is_valid(raise_exception=True)
    if not filters.is_valid():
        raise serializers.ValidationError(filters.errors)
    for name in filters.filters:  # which would take an empty value for a missing one
        if request.query_params.get(name) == "":
            raise serializers.ValidationError({name: ["May not be empty."]})
    limit, offset = bounds.validated_data["limit"], bounds.validated_data["offset"]
    count = filters.count()
    shown = rows(filters, offset, min(offset + limit, count))
    return shown, {"count": count, "limit": limit, "offset": offset}


def rows(filters: Filters, start: int, end: int) -> list[Any]:
    """A deferred join: whatever stands before the page is skipped in an index, without reading its rows.

    `end` is not beyond the last row: PostgreSQL stops there, where it would look for more.
    """
    on_page = filters.qs.values("pk")[start:end]
    return list(filters.queryset.filter(pk__in=on_page)) if start < end else []
