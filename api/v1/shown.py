"""How answers are shaped: by the fields that a serializer declares, built once and not for each answer."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from rest_framework import serializers

Show = Callable[[Any, Any], Any]  # of a serializer and a row


class Shown:
    """For serializers that show rows. Of their fields only methods are given the `context`."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        of_its_kind: Any = type(self)
        return {name: show(self, instance) for name, show in _fields(of_its_kind)}


@cache
def _fields(shown: Callable[[], Any]) -> list[tuple[str, Show]]:
    return [(name, _show(field)) for name, field in shown().fields.items()]


def _show(field: Any) -> Show:
    """As Django REST framework shows it, which looks up how each time."""
    if isinstance(field, serializers.SerializerMethodField):
        call = attrgetter(str(field.method_name))
        return lambda serializer, row: call(serializer)(row)
    read, show = attrgetter(field.source), field.to_representation
    return lambda serializer, row: None if (value := read(row)) is None else show(value)
