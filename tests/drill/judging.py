"""What really happened, held against the service's connections and against what it billed."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from tests.drill import money, report
from tests.drill.bounds import too_far_apart
from tests.drill.comparing import compare, span
from tests.drill.record import Record
from tests.drill.service import StoredConnection

CREDITS = Decimal(1000)  # what the customer has at the start


class Judgement:
    """`meetings` as the API answered when they were made. All that is wrong, in sentences: `differences`."""

    def __init__(
        self, record: Record, connections: Sequence[StoredConnection], meetings: Sequence[Any], api: money.Api
    ) -> None:
        self.record, self.connections, self.meetings, self.api = record, connections, meetings, api
        self.result = compare(record, connections)

    def differences(self, events: report.Events) -> Iterator[str]:
        for what, observed, stored in self.result.differences:
            yield what
            yield from report.facts(observed, stored, events)
        for apart in too_far_apart(self.record):
            yield f"the reconciler did not poll {span(apart)}"
        yield from self._of_money()

    def _of_money(self) -> Iterator[str]:
        used, seconds = Decimal(0), 0
        for meeting in self.meetings:
            code = meeting["meeting_code"]
            connections = [stored for stored in self.connections if stored.code == code]
            bill, wrong = money.wrong_bill(self.api, code, connections)
            used, seconds = used + bill.credits, seconds + bill.seconds
            yield from wrong
            if meeting["is_secured"]:
                yield from money.wrong_sessions(self.api, code, connections)
        yield from money.wrong_account(self.api, CREDITS - used, money.Bill(seconds, used))
