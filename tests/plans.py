"""How PostgreSQL means to run what Django asks of it."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

Plan = dict[str, Any]


def insert(statement: str, *values: str | int | datetime) -> None:
    """Make rows by SQL: by the thousand."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def analyze(*models: Any) -> None:
    """Tell the planner what is in their tables, as if VACUUM had passed, which no transaction can run."""
    for model in models:
        table = model._meta.db_table
        insert(f"ANALYZE {table}")
        insert("UPDATE pg_class SET relallvisible = relpages WHERE oid = %s::regclass", table)


def indexes_used(ask: Callable[[], object], *models: Any) -> set[str]:
    """By which indexes each SELECT from the tables of these reads; fails when it reads a table as a whole."""
    tables = {model._meta.db_table for model in models}
    with CaptureQueriesContext(connection) as asked:
        ask()
    selects = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    plans = [plan(select) for select in selects if any(f'FROM "{table}"' in select for table in tables)]
    assert plans
    nodes = [node for plan in plans for node in _nodes(plan)]
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan"], plans
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def plan(select: str) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {select}")
        found = cursor.fetchone()[0]
    plan: Plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)
