"""Queries that are compiled once, for where many requests pass.

Django builds and compiles a query anew each time, which takes it far longer than PostgreSQL takes to find a
row by a key. A function decorated by `compiled` says in the usual way what is searched for. It is called
once, with placeholders for its arguments; the SQL that came of it is then run with the arguments themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from inspect import get_annotations
from typing import Any

from django.db import connections
from django.db.models import CharField, DateTimeField, Expression, Field, IntegerField, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

TYPES: dict[type, type[Field[Any, Any]]] = {int: IntegerField, str: CharField, datetime: DateTimeField}


def _field(type_: type) -> "Field[Any, Any]":
    return IntegerField() if issubclass(type_, Model) else TYPES[type_]()


class _Placeholder(Expression):
    """Stands in a query, and among its SQL's parameters, for an argument that comes later."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: object) -> Any:
        return "%s", [self]


def _given(parameter: object, arguments: Mapping[str, object]) -> object:
    given = arguments[parameter.name] if isinstance(parameter, _Placeholder) else parameter
    return given.pk if isinstance(given, Model) else given


@dataclass(frozen=True)
class _Once:
    """What is kept of a query, and what came of compiling it."""

    queryset: Any
    compiler: Any
    sql: str
    parameters: Sequence[object]

    def with_arguments(self, arguments: Mapping[str, object]) -> Any:
        """A queryset whose compiler has done its work."""
        given = [_given(one, arguments) for one in self.parameters]
        queryset, compiler = self.queryset.all(), copy(self.compiler)
        compiler.connection = connections[queryset.db]  # this thread's own
        compiler.as_sql = lambda *unused: (self.sql, given)
        queryset.query.get_compiler = lambda *unused, **unused_too: compiler
        return queryset


class Compiled[**P, Row]:
    """`compiled(search)(...)` has the rows of `search(...)`, whose arguments are int, str, datetime or rows.

    None is no argument, for in SQL nothing equals it. `search` gets placeholders: it may put them into a
    query, add to them and take from them, and must not look at them.
    """

    def __init__(self, search: Callable[P, QuerySet[Any, Row]]) -> None:
        self.search = search

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[Row]:
        arguments = dict(zip(self._placeholders, args, strict=False)) | kwargs
        return list(self._once.with_arguments(arguments))

    def first(self, *args: P.args, **kwargs: P.kwargs) -> Row | None:
        """The only one, or the first where there are more."""
        return next(iter(self(*args, **kwargs)), None)

    def get(self, *args: P.args, **kwargs: P.kwargs) -> Row:
        """The only one."""
        [found] = self(*args, **kwargs)
        return found

    @cached_property
    def _placeholders(self) -> dict[str, _Placeholder]:
        types = get_annotations(self.search, eval_str=True)
        types.pop("return", None)
        return {name: _Placeholder(name, _field(type_)) for name, type_ in types.items()}

    @cached_property
    def _once(self) -> _Once:
        search: Any = self.search
        queryset = search(**self._placeholders)
        compiler = queryset.query.get_compiler(using=queryset.db)
        return _Once(queryset, compiler, *compiler.as_sql())


compiled = Compiled
