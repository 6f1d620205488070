"""Rows that several processes may insert at the same moment."""

from typing import Any

from django.db.models import Model, QuerySet


def get_or_insert[Row: Model](rows: QuerySet[Row], facts: dict[str, Any], **key: Any) -> Row:
    """The row with this unique key, made with these facts where there is none; the first one stands.

    Django's `get_or_create` lets the second INSERT fail, and PostgreSQL logs a failed statement with all that
    is in it: e-mails, codes. This one lets the database skip it (ON CONFLICT DO NOTHING).
    """
    found = rows.filter(**key).first()
    if found is None:
        rows.bulk_create([rows.model(**key, **facts)], ignore_conflicts=True)
        found = rows.get(**key)
    return found
