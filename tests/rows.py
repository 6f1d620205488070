"""Rows by the thousand, or by the million, made by PostgreSQL itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.fields import NOT_PROVIDED

LETTERS = "BCDFGHJKMNPRSTVW"  # of codes, for the digits of a number in base 16
INDEXES = """SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = %s AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)"""


def meeting_code(number: str) -> str:
    """SQL for the code of a meeting with this number, itself SQL."""
    letters = f"translate(lpad(to_hex({number}), 12, '0'), '0123456789abcdef', '{LETTERS}')"
    return f"regexp_replace({letters}, '(....)(....)(....)', '\\1-\\2-\\3')"


def insert_rows(model: type[Model], source: str, **columns: str) -> int:
    """Insert a row of `model` for each of `source`, a FROM clause; `columns` are SQL expressions.

    Columns that are not given get the model's default. How many there were.
    """
    others = [field for field in model._meta.concrete_fields if field.column not in columns]
    found = {field.column: field.get_default() for field in others if not _is_of_each(field)}
    defaults = {name: value for name, value in found.items() if value is not None}
    names = ", ".join(f'"{name}"' for name in (*columns, *defaults))
    given = ", ".join(columns.values()).replace("%", "%%")
    values = ", ".join(filter(None, (given, *["%s"] * len(defaults))))
    rows = f"SELECT {values} FROM {source.replace('%', '%%')}"
    return execute(f'INSERT INTO "{table(model)}" ({names}) {rows}', *defaults.values())


def _is_of_each(field: Any) -> bool:
    """Whether each row has a default of its own, or PostgreSQL knows it."""
    own = field.default is not NOT_PROVIDED and callable(field.default)
    return own or field.db_default is not NOT_PROVIDED


def execute(statement: str, *values: Any) -> int:
    """How many rows it was about."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def table(model: type[Model]) -> str:
    return model._meta.db_table


@contextmanager
def loading(*models: type[Model]) -> Iterator[None]:
    """Many rows are inserted into these tables: foreign keys are not checked, and indexes come at the end."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # tables with checks to come take no index
    execute("SET CONSTRAINTS ALL DEFERRED")
    execute("SET session_replication_role = replica")
    definitions = [definition for model in models for definition in _drop_indexes(model)]
    yield
    for definition in definitions:
        execute(definition)
    execute("SET session_replication_role = origin")


def _drop_indexes(model: type[Model]) -> list[str]:
    """The statements that make them anew."""
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [table(model)])
        found = cursor.fetchall()
    for name, _ in found:
        execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in found]
