"""Staff who may look at everything, and no more, on every page of the admin."""

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from customers.models import Customer, issue
from inbox.models import InboundWebhook
from participants.models import Participant
from recordings.states import Status
from tests.conftest import NOON
from tests.feedback.conftest import answered, asking, owing
from tests.recordings.conftest import recording_of
from tests.staff.conftest import staff_who_may

PAGES = [model._meta.label_lower for model in admin.site._registry]


@pytest.fixture
def viewer(db: None) -> Client:
    views = Permission.objects.filter(codename__startswith="view_")
    return staff_who_may(*views.values_list("codename", flat=True))


@pytest.fixture
def rows(customer: Customer, person: Participant, viewer: Client) -> dict[str, Model]:
    """A row of each page, on which its actions could act."""
    Participant.objects.update(barred_at=NOON)
    found = [
        customer,
        issue(customer)[0],
        person,
        owing(asking(customer), timezone.now()),
        answered(asking(customer)),
        recording_of(person.meeting, person, Status.COMPLETED, size_bytes=1, file="x.mp4"),
        customer.ledger_entries.get(),
        User.objects.get(),
        Group.objects.create(name="colleagues"),
        AccessAttempt.objects.create(username="root", ip_address="192.0.2.1", failures_since_start=10),
        TOTPDevice.objects.create(user=User.objects.get(), name="phone"),
        InboundWebhook.objects.create(event_id="EV_1", body={}, received_at=NOON, dead_lettered_at=NOON),
    ]
    return {row._meta.label_lower: row for row in found}


@pytest.mark.parametrize("label", PAGES)
def test_they_see_it_and_change_nothing(viewer: Client, rows: dict[str, Model], label: str) -> None:
    row, path = rows[label], f"/admin/{label.replace('.', '/')}/"
    before = type(row)._default_manager.values().get(pk=row.pk)
    for page in (path, f"{path}{row.pk}/change/"):
        shown = viewer.get(page).content.decode()
        assert 'name="action"' not in shown and 'name="_save"' not in shown
        assert "X-Amz-Signature" not in shown and "/download/" not in shown
    for page in ("add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
        assert viewer.post(f"{path}{page}", {"post": "yes"}).status_code == 403
    for action in ("delete_selected", *(admin.site._registry[type(row)].actions or ())):
        viewer.post(path, {"action": action, "_selected_action": row.pk, "post": "yes"})
    assert type(row)._default_manager.values().get(pk=row.pk) == before
    assert not LogEntry.objects.exists()


def test_they_get_no_recording(viewer: Client, rows: dict[str, Model]) -> None:
    path = f"/admin/recordings/recording/{rows['recordings.recording'].pk}/download/"
    assert viewer.get(path).status_code == 403
