"""Staff see who was ejected by a host, and let them back in."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls import admission, moderation
from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, noon
from tests.staff.conftest import staff_who_may

PEOPLE = "/admin/participants/participant/"


@pytest.fixture
def jane(person: Participant) -> Participant:
    """Put out by John."""
    made = Participant.objects.create(
        meeting=person.meeting, external_user_id="jane", display_name="Jane Smith", created_at=NOON
    )
    moderation.bar_participant(person.meeting, person, made.identity, NOON)
    return made


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def let_back_in(client: Client, *people: Participant) -> str:
    """The page that staff see next."""
    body = {"action": "lift_bar", "_selected_action": [person.pk for person in people]}
    return str(client.post(PEOPLE, body, follow=True).content.decode())


def is_barred(person: Participant) -> bool:
    return Participant.objects.get(pk=person.pk).barred_at is not None


def test_staff_see_who_was_ejected_when_and_by_whom(staff: Client, jane: Participant) -> None:
    shown = page_of(staff, f"{PEOPLE}{jane.pk}/change/")
    for text in (jane.meeting.code, "your-company", "Jane Smith", "jane", "March 1, 2026, noon", "John Doe"):
        assert text in shown
    assert "Jane Smith" in page_of(staff, PEOPLE)


def test_links_and_codes_are_nobody_s_to_see(staff: Client, jane: Participant) -> None:
    for path in (PEOPLE, f"{PEOPLE}{jane.pk}/change/"):
        shown = page_of(staff, path)
        for secret in (jane.code, jane.token, jane.identity):
            assert secret not in shown


@pytest.mark.parametrize("query", ["q={code}", "q=your-comp", "q=jane", "q=Smith", "barred_at__isempty=0"])
def test_people_are_searched_and_filtered(
    staff: Client, jane: Participant, stranger: Customer, query: str
) -> None:
    other = Meeting.objects.create(customer=stranger, is_secured=True, created_at=NOON)
    Participant.objects.create(meeting=other, display_name="Eve Guest", created_at=NOON)
    shown = page_of(staff, f"{PEOPLE}?{query.format(code=jane.meeting.code)}")
    assert "Jane Smith" in shown
    assert "Eve Guest" not in shown


def test_staff_let_somebody_back_in(staff: Client, jane: Participant) -> None:
    assert "1 may come back." in let_back_in(staff, jane)
    assert not is_barred(jane)
    assert admission.admit(jane.meeting, jane, noon(60))


def test_who_let_them_back_in_is_written_down(staff: Client, jane: Participant) -> None:
    let_back_in(staff, jane)
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_id, entry.change_message) == (
        "admin",
        str(jane.pk),
        "Let back in.",
    )
    assert "Let back in." in page_of(staff, f"{PEOPLE}{jane.pk}/history/")


def test_whoever_was_not_ejected_is_left_as_they_are(
    staff: Client, person: Participant, jane: Participant
) -> None:
    assert "1 may come back. 1 had not been put out by a host." in let_back_in(staff, person, jane)
    assert "0 may come back. 1 had not been put out" in let_back_in(staff, jane)
    assert LogEntry.objects.count() == 1


def test_let_in_from_a_list_of_those_put_out_they_are_all_counted(
    staff: Client, person: Participant, jane: Participant
) -> None:
    body = {"action": "lift_bar", "_selected_action": [jane.pk]}
    shown = staff.post(f"{PEOPLE}?barred_at__isempty=0", body, follow=True).content.decode()
    assert "1 may come back." in shown
    assert "had not been put out" not in shown


def test_a_removed_registration_remains_removed(staff: Client, jane: Participant) -> None:
    jane.mark_removed(noon(5))
    let_back_in(staff, jane)
    assert Participant.objects.get(pk=jane.pk).removed_at == noon(5)


def test_it_needs_a_permission(jane: Participant) -> None:
    colleague = staff_who_may("view_participant")
    assert "Let the selected people" not in page_of(colleague, PEOPLE)
    let_back_in(colleague, jane)
    assert is_barred(jane)


def test_whoever_may_change_people_may_let_them_in_and_nothing_else(jane: Participant) -> None:
    colleague = staff_who_may("change_participant", "add_participant", "delete_participant")
    assert "Delete selected" not in page_of(colleague, PEOPLE)
    for path in (f"{jane.pk}/change/", f"{jane.pk}/delete/", "add/"):
        assert colleague.post(f"{PEOPLE}{path}", {"role": "host", "post": "yes"}).status_code == 403
    assert Participant.objects.get(pk=jane.pk).role == "attendee"
    assert "1 may come back." in let_back_in(colleague, jane)


def test_who_may_not_look_sees_and_does_nothing(jane: Participant) -> None:
    colleague = staff_who_may("view_ledgerentry")
    assert colleague.get(PEOPLE).status_code == 403
    body = {"action": "lift_bar", "_selected_action": jane.pk}
    assert colleague.post(PEOPLE, body).status_code == 403
    assert is_barred(jane)


def test_nobody_but_staff_comes_in(client: Client, db: None) -> None:
    answer = client.get(PEOPLE)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")


def test_the_list_needs_as_many_queries_for_many(
    staff: Client, person: Participant, jane: Participant, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as for_two:
        page_of(staff, PEOPLE)
    for number in range(10):
        facts = {"barred_at": NOON, "barred_by": person, "created_at": NOON}
        Participant.objects.create(meeting=person.meeting, display_name=f"Guest {number}", **facts)
    with django_assert_num_queries(len(for_two)):
        assert page_of(staff, PEOPLE).count(">Guest ") == 10
