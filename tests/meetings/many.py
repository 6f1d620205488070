"""So many meetings that PostgreSQL reads them by an index where there is one."""

from customers.models import Customer
from meetings.models import Meeting
from tests.conftest import NOON, noon
from tests.plans import analyze
from tests.rows import execute

MADE = 20_000
SHARES = {"active": 0.3, "ended": 0.4, "expired": 0.3}  # at noon

# Of ten: four ended, one cancelled, two that never expire, two expired, one that will.
INSERT = """INSERT INTO meetings_meeting
    (customer_id, code, topic, is_secured, record_on_cloud, feedback_required, max_participants,
     created_at, ended_at, cancelled_at, expires_at)
SELECT %s, %s || n, 'Standup', false, false, false, 50, %s + n * interval '1 s',
    CASE WHEN n %% 10 < 4 THEN %s END,
    CASE WHEN n %% 10 = 4 THEN %s END,
    CASE WHEN n %% 10 > 6 THEN %s + (n %% 10 - 9) * interval '1 h' + interval '30 min' END
FROM generate_series(1, %s) n"""


def make_many(*customers: Customer) -> None:
    """For each as many."""
    for customer in customers:
        code = f"{customer.slug[:6]}-"
        execute(INSERT, customer.pk, code, noon(-MADE), NOON, NOON, NOON, MADE)
    analyze(Meeting)
