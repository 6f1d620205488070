"""`limit` and `offset`, refused where they make no sense."""

from typing import Any

import django_filters
from django.db.models import QuerySet
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

    def rows(self, start: int, end: int) -> list[Any]:
        """From one on, up to another, which is not beyond the last: PostgreSQL would look for more."""
        return list(deferred(self.queryset, self.qs, start, end))


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
    shown = filters.rows(offset, min(offset + limit, count)) if offset < count else []
    return shown, {"count": count, "limit": limit, "offset": offset}


def deferred[Rows: QuerySet[Any, Any]](whole: Rows, found: Rows, start: int, end: int) -> Rows:
    """A page of what was found, by a deferred join: rows before it are skipped in an index, and not read."""
    return whole.filter(pk__in=found.values("pk")[start:end])
