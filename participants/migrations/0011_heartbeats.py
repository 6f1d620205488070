"""When polls last showed a connection, in rows of their own. Backwards, it is written to the connections again.

Stop the workers of before first: they bill what they see in the connections.
"""

import django.db.models.deletion
from django.db import migrations, models

# Rewritten each half minute while somebody is in a call: with room in its page, no index is touched.
ROOM = """
ALTER TABLE participants_heartbeat SET (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000
)
"""
BACK = """
UPDATE participants_connection connection SET last_seen_at = known.seen_at, version = connection.version + 1
FROM participants_heartbeat known
WHERE known.connection_id = connection.id AND left_at IS NULL AND last_seen_at < known.seen_at
"""


class Migration(migrations.Migration):

    dependencies = [
        ('participants', '0010_removed_registrations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('connection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='heartbeat', serialize=False, to='participants.connection')),
                ('seen_at', models.DateTimeField()),
                ('since', models.DateTimeField()),
                ('version', models.PositiveIntegerField()),
            ],
        ),
        migrations.RunSQL(ROOM, BACK),
    ]
