"""Fields that take the JSON type they name and nothing that looks like it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from upclass.numbers import is_integer
from upclass.texts import find_unshowable, is_blank
from upclass.times import parse_moment


class Text(serializers.CharField):
    """A string; DRF's own would also take numbers."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Must be a string.")
        return super().to_internal_value(data)


def one_line(text: str) -> None:
    """Raise ValidationError for what people could not read, or not as it stands there."""
    found = find_unshowable(text)
    if found:
        raise serializers.ValidationError(
            f"Must be one line without control and invisible format characters: it has {found}."
        )


class Line(Text):
    """One line of text that people read, any space around it; with nothing to see in it, it is empty."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        one_line(text.strip())
        if is_blank(text) and not self.allow_blank:
            self.fail("blank")
        return "" if is_blank(text) else text


class TrimmedLine(Line):
    """A line of which the spaces around it do not count: a bound that a schema can only describe."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        help_text = f"One line of 1-{longest} characters, without the spaces around them."
        super().__init__(help_text=help_text, **kwargs)

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


class CountInQuery(serializers.IntegerField):
    """A whole number as a query holds it; DRF's own would also take "1_0", "5.0" and more digits."""

    def to_internal_value(self, data: Any) -> int:
        if not is_integer(data):
            self.fail("invalid")
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
        moment = parse_moment(data) if isinstance(data, str) else None
        if moment is None:
            raise serializers.ValidationError(
                "Must be an ISO 8601 date with a time, such as 2024-12-20T10:00:00Z."
            )
        return moment
