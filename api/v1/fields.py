"""Fields that take the JSON type they name and nothing that looks like it."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

# Python would take any character between date and time, so that a date's zone would pass for a time.
DATE_AND_TIME = re.compile(r"[\dW-]+[Tt ]")
EARLIEST = 1000  # earlier years would be shown without their zeros


class Text(serializers.CharField):
    """A string; DRF's own would also take numbers."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Must be a string.")
        return super().to_internal_value(data)


class TrimmedText(Text):
    """A string of which the spaces around it do not count: a bound that a schema can only describe."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(help_text=f"1-{longest} characters, without the spaces around them.", **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if len(text) > self.longest:
            raise serializers.ValidationError(
                f"Ensure this field has no more than {self.longest} characters."
            )
        return text


class Flag(serializers.BooleanField):
    """true or false; DRF's own would also take "yes" and 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("Must be true or false.")
        return data


class Count(serializers.IntegerField):
    """A whole number; DRF's own would also take "5" and true."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("Must be a whole number.")
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.DOUBLE)
class Credits(serializers.Field[Decimal, Any, float, Any]):
    """Credits, shown as a JSON number: of the 14 digits in which they are kept, a float loses none."""

    def to_representation(self, value: Decimal) -> float:
        return float(value)


class Choice(serializers.ChoiceField):
    """One of a few words; DRF's own would also repeat what was sent, even what no answer can hold."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            raise serializers.ValidationError(f"Must be one of: {', '.join(self.choices)}.")
        return data


class Moment(serializers.DateTimeField):
    """An ISO 8601 date with a time. Without a zone it is UTC; shown in UTC with the fraction cut."""

    def to_internal_value(self, data: Any) -> datetime:
        moment = _parsed(data) if isinstance(data, str) and DATE_AND_TIME.match(data) else None
        if moment is None:
            raise serializers.ValidationError(
                "Must be an ISO 8601 date with a time, such as 2024-12-20T10:00:00Z."
            )
        return moment


def _parsed(data: str) -> datetime | None:
    try:
        moment = parse_datetime(data)
        if moment is None:
            return None
        in_utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return in_utc if in_utc.year >= EARLIEST else None
    except (ValueError, OverflowError):
        return None
