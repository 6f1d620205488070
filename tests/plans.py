"""How PostgreSQL means to run what Django asks of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.rows import execute

Plan = dict[str, Any]


def analyze(*models: Any) -> None:
    """Tell the planner what is in their tables, as if VACUUM had passed, which no transaction can run.

    It goes by the indexes' size as well, in which rows that other tests rolled back remain.
    """
    for model in models:
        table = model._meta.db_table
        execute(f"REINDEX TABLE {table}")
        execute(f"ANALYZE {table}")
        execute("UPDATE pg_class SET relallvisible = relpages WHERE oid = %s::regclass", table)


def indexes_used(ask: Callable[[], object], *models: Any) -> set[str]:
    """By which indexes each SELECT from the tables of these reads; fails when it reads a table as a whole."""
    tables = {model._meta.db_table for model in models}
    with CaptureQueriesContext(connection) as asked:
        ask()
    selects = [query["sql"] for query in asked if query["sql"].lstrip("(").startswith("SELECT")]
    plans = [plan_of(select) for select in selects if any(f'FROM "{table}"' in select for table in tables)]
    assert plans
    nodes = [node for plan in plans for node in _nodes(plan)]
    assert not [table for plan in plans for table in _read_as_a_whole(plan)], plans
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def tables_read_whole(ask: Callable[[], object]) -> set[str]:
    """The tables that any SELECT reads as a whole; small ones may be."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    selects = [query["sql"] for query in asked if query["sql"].lstrip("(").startswith("SELECT")]
    return {table for select in selects for table in _read_as_a_whole(plan_of(select))}


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


# Whatever is asked


BIG = """SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND reltuples >= %s"""


def big_tables(rows: int) -> set[str]:
    """With so many rows or more, as far as the planner knows."""
    with connection.cursor() as cursor:
        cursor.execute(BIG, [rows])
        return {name for (name,) in cursor.fetchall()}


@contextmanager
def whole_reads(tables: set[str]) -> Iterator[list[tuple[str, str]]]:
    """Which of these tables are read as a whole meanwhile, and by which statement."""
    found: list[tuple[str, str]] = []

    def explain(run: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        if sql.lstrip("( ").startswith(("SELECT", "UPDATE", "DELETE", "WITH", "INSERT")):
            read = _read_as_a_whole(plan_of(sql, values[0] if many else values))
            found.extend((table, sql) for table in read if table in tables)
        return run(sql, values, many, context)

    with connection.execute_wrapper(explain):
        yield found


def _read_as_a_whole(plan: Plan) -> list[str]:
    return [node["Relation Name"] for node in _nodes(plan) if node["Node Type"] == "Seq Scan"]


def plan_of(sql: str, values: Any = None) -> Plan:
    """By a cursor of psycopg's: Django's would be explained, too."""
    with connection.connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        [[plan]] = cursor.fetchall()
    found: Plan = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return found
