"""What really happened, held against the service's stays and against what it billed."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from tests.drill import money, report
from tests.drill.bounds import too_far_apart
from tests.drill.comparing import compare, span
from tests.drill.record import Record
from tests.drill.service import Stay

CREDITS = Decimal(1000)  # what the customer has at the start


class Judgement:
    """`meetings` as the API answered when they were made. All that is wrong, in sentences: `differences`."""

    def __init__(
        self, record: Record, stays: Sequence[Stay], meetings: Sequence[Any], api: money.Api
    ) -> None:
        self.record, self.stays, self.meetings, self.api = record, stays, meetings, api
        self.result = compare(record, stays)

    def differences(self, news: report.News) -> Iterator[str]:
        for what, connection, stay in self.result.differences:
            yield what
            yield from report.facts(connection, stay, news)
        for apart in too_far_apart(self.record):
            yield f"the reconciler did not look {span(apart)}"
        yield from self._of_money()

    def _of_money(self) -> Iterator[str]:
        used, seconds = Decimal(0), 0
        for meeting in self.meetings:
            code = meeting["meeting_code"]
            stays = [stay for stay in self.stays if stay.code == code]
            bill, wrong = money.wrong_bill(self.api, code, stays)
            used, seconds = used + bill.credits, seconds + bill.seconds
            yield from wrong
            if meeting["is_secured"]:
                yield from money.wrong_sessions(self.api, code, stays)
        yield from money.wrong_account(self.api, CREDITS - used, money.Bill(seconds, used))
