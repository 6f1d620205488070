"""How answers are shaped: by the fields that a serializer declares, built once and not for each answer."""

from collections.abc import Callable, Collection
from functools import cache
from operator import attrgetter
from typing import Any

from rest_framework import serializers

Show = Callable[[Any, Any], Any]  # of a serializer and a row


class FromContext:
    """For fields that show what is no part of the row: what has their name in the serializer's `context`."""


class Shown:
    """For serializers that show rows. Of their fields only methods and `FromContext` know the `context`."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        of_its_kind: Any = type(self)
        hidden = self.hidden(instance)
        return {name: show(self, instance) for name, show in _fields(of_its_kind) if name not in hidden}

    def hidden(self, instance: Any) -> Collection[str]:
        """Names of fields that this row does not have, and for which nothing is read."""
        return ()


@cache
def _fields(shown: Callable[[], Any]) -> list[tuple[str, Show]]:
    return [(name, _show(field)) for name, field in shown().fields.items()]


def _show(field: Any) -> Show:
    """As Django REST framework shows it, which looks up how each time."""
    if isinstance(field, serializers.SerializerMethodField):
        call = attrgetter(str(field.method_name))
        return lambda serializer, row: call(serializer)(row)
    name, read, show = field.field_name, attrgetter(field.source), field.to_representation
    if isinstance(field, FromContext):
        return lambda serializer, row: show(serializer.context[name])
    return lambda serializer, row: None if (value := read(row)) is None else show(value)
