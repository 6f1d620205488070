"""Tables that each call writes to are vacuumed and analyzed after a hundredth of them has changed, not a fifth.

Of ten million rows, PostgreSQL's own settings would let two million dead ones wait: the claim of the next webhooks
and the look for open connections would have to pass them. Takes no lock that readers or writers wait for.
"""

from django.db import migrations

SETTINGS = {
    "autovacuum_vacuum_scale_factor": 0.01,
    "autovacuum_vacuum_insert_scale_factor": 0.05,
    "autovacuum_analyze_scale_factor": 0.01,
}
TABLES = (
    "inbox_inboundwebhook",
    "participants_connection",
    "participants_admission",
    "recordings_recording",
    "meetings_meeting",
)


def of(table):
    given = ", ".join(f"{name} = {value}" for name, value in SETTINGS.items())
    return migrations.RunSQL(
        f"ALTER TABLE {table} SET ({given})", f"ALTER TABLE {table} RESET ({', '.join(SETTINGS)})"
    )


class Migration(migrations.Migration):

    dependencies = [
        ("inbox", "0004_dead_letters"),
        ("meetings", "0001_initial"),
        ("participants", "0008_admission_named"),
        ("recordings", "0004_queued"),
    ]

    operations = [of(table) for table in TABLES]
