"""`limit` and `offset`, refused where they make no sense."""

from typing import Any

import django_filters
from rest_framework import serializers
from rest_framework.request import Request

FURTHEST = 2**31 - 1


class PageSerializer(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=1, max_value=100, default=50)
    offset = serializers.IntegerField(min_value=0, max_value=FURTHEST, default=0)


def page(request: Request, filters: django_filters.FilterSet) -> tuple[list[Any], dict[str, int]]:
    """One page of what the filters leave, and its `count`, `limit` and `offset`. 400 for bad parameters."""
    bounds = PageSerializer(data=request.query_params)
    bounds.is_valid(raise_exception=True)
    if not filters.is_valid():
        raise serializers.ValidationError(filters.errors)
    limit, offset = bounds.validated_data["limit"], bounds.validated_data["offset"]
    shown = list(filters.qs[offset : offset + limit])
    return shown, {"count": filters.qs.count(), "limit": limit, "offset": offset}
