"""Nobody learns anything of another customer's: for every method of every path, also of those added later.

A path that names a meeting is tried here by itself. Any other path must be named in `OF_ONE_S_OWN`, with the
test that shows what a stranger sees of it.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import URLPattern
from django.utils import timezone

from api.v1.urls import urlpatterns
from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from tests.api.conftest import bill
from tests.conftest import UNKNOWN_CODE, Api

OPEN_TO_EVERYBODY = {"schema"}  # and the answer to paths that there are not
BODIES: dict[str, Any] = {"POST": {"display_name": "Eve", "external_user_id": "eve", "topic": "x"}}


def operations() -> list[tuple[str, str]]:
    """Each method of each path, and the path's pattern."""
    found = []
    for entry in urlpatterns:
        assert isinstance(entry, URLPattern)
        actions = getattr(entry.callback, "actions", None)  # of a viewset's path
        if actions is None:
            assert entry.callback.__name__ in {*OPEN_TO_EVERYBODY, "not_found"}
        else:
            found += [(method.upper(), str(entry.pattern)) for method in actions if method != "head"]
    return found


OF_MEETINGS = [(method, pattern) for method, pattern in operations() if "meeting_code" in pattern]
OF_ONE_S_OWN: dict[tuple[str, str], Callable[..., None]] = {}


def path_of(pattern: str, code: str) -> str:
    """A path that the pattern matches, for this meeting and user-123."""
    with_code = re.sub(r"\(\?P<meeting_code>[^)]*\)", code, pattern.removeprefix("^"))
    return re.sub(r"\(\?P<external_user_id>[^)]*\)", "user-123", with_code).replace("/?$", "/")


def shown(response: Any) -> tuple[int, str]:
    """An answer's bytes, the request's own id apart."""
    body = json.loads(response.content)
    return response.status_code, response.content.decode().replace(body.get("request_id", "-"), "")


@pytest.mark.parametrize(("method", "pattern"), OF_MEETINGS)
def test_a_stranger_s_meeting_is_as_unknown_as_one_that_never_existed(
    stranger_api: Api, person: Participant, method: str, pattern: str
) -> None:
    before = facts(person)
    theirs = stranger_api.call(method, path_of(pattern, person.meeting.code), BODIES.get(method))
    nobody_s = stranger_api.call(method, path_of(pattern, UNKNOWN_CODE), BODIES.get(method))
    assert shown(theirs) == shown(nobody_s)
    assert theirs.status_code == 404
    assert facts(person) == before


def facts(person: Participant) -> object:
    return Meeting.objects.values().get(pk=person.meeting_id), list(Participant.objects.values())


@pytest.mark.parametrize(("method", "pattern"), OF_MEETINGS)
def test_its_owner_gets_another_answer(api: Api, person: Participant, method: str, pattern: str) -> None:
    """Or the test before would prove nothing."""
    answer = api.call(method, path_of(pattern, person.meeting.code), BODIES.get(method))
    assert answer.status_code in (200, 201)


def test_a_stranger_s_list_has_nothing_of_it(api: Api, stranger_api: Api, meeting: Meeting) -> None:
    assert api.get("meetings/").json()["count"] == 1
    assert stranger_api.get("meetings/").json() == {"meetings": [], "count": 0, "limit": 50, "offset": 0}


def test_what_a_stranger_creates_is_theirs_alone(api: Api, stranger_api: Api) -> None:
    made = stranger_api.post("meetings/").json()
    assert made["customer"] == "stranger"
    assert api.get(f"meetings/{made['meeting_code']}/").status_code == 404


def test_a_stranger_s_account_has_nothing_of_it(
    api: Api, stranger_api: Api, meeting: Meeting, stranger: Customer
) -> None:
    Customer.objects.filter(pk=meeting.customer_id).update(overdraft_limit=7)
    before = stranger_api.get("account/").json()
    bill(meeting, 4500, timezone.now())
    assert stranger_api.get("account/").json() == before
    nothing = {"credits": 0.0, "seconds": 0, "meetings": 0}
    assert (before["customer"], before["credits_balance"], before["overdraft_limit"]) == ("stranger", 150, 0)
    assert before["usage_this_month"].items() >= nothing.items()
    ours = api.get("account/").json()
    assert (ours["customer"], ours["credits_balance"], ours["overdraft_limit"]) == ("your-company", 148.75, 7)
    assert ours["usage_this_month"]["meetings"] == 1


def test_a_stranger_s_ledger_has_nothing_of_it(api: Api, stranger_api: Api, meeting: Meeting) -> None:
    bill(meeting, 4500, timezone.now())
    ours, theirs = (client.get("account/ledger/").json() for client in (api, stranger_api))
    assert (ours["count"], theirs["count"]) == (2, 1)
    [grant] = theirs["entries"]
    assert (grant["kind"], grant["balance_after"], grant["meeting_code"]) == ("grant", 150, None)
    assert grant["id"] not in [entry["id"] for entry in ours["entries"]]
    assert stranger_api.get("account/ledger/?kind=usage").json()["entries"] == []
    assert stranger_api.get("account/ledger/?kind=usage").json()["count"] == 0


OF_ONE_S_OWN.update(
    {
        ("GET", "^account/?$"): test_a_stranger_s_account_has_nothing_of_it,
        ("GET", "^account/ledger/?$"): test_a_stranger_s_ledger_has_nothing_of_it,
        ("GET", "^meetings/?$"): test_a_stranger_s_list_has_nothing_of_it,
        ("POST", "^meetings/?$"): test_what_a_stranger_creates_is_theirs_alone,
    }
)


def test_every_other_path_has_a_test_of_its_own() -> None:
    others = set(operations()) - set(OF_MEETINGS)
    assert others == OF_ONE_S_OWN.keys()
