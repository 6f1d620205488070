"""livekit-server is killed with somebody inside who never comes back: what it leaves behind is cleared up."""

from local.stack import Stack
from tests.e2e.conftest import Tabs
from tests.e2e.integrator import Integrator
from tests.e2e.stacks import kill

JOHN = {"display_name": "John Doe", "external_user_id": "user-123"}
LOOK = "from inbox.tasks import reconcile; reconcile()"


def test_whoever_was_cut_off_has_left_and_the_others_rooms_are_looked_after(
    stack: Stack, integrator: Integrator, tabs: Tabs
) -> None:
    made = integrator.create(is_secured=True, participants=[JOHN])
    path = f"meetings/{made['meeting_code']}/participants/user-123/"
    john = tabs.open(made["participants"][0]["join_url"])
    john.enter()
    integrator.wait_for(path, lambda shown: shown["session_count"] == 1)
    john.page.context.set_offline(True)
    kill(stack, "livekit")
    john.page.context.close()
    tabs.opened.remove(john)
    for _ in range(4):  # sooner than beat would look; one that meets beat's own does nothing
        stack.manage("shell", "-c", LOOK)
    shown = integrator.wait_for(path, lambda shown: not shown["sessions"][0]["is_connected"])
    assert shown["session_count"] == 1

    anna = tabs.open(integrator.create()["join_url"])
    anna.enter("Anna")
    status, _ = integrator.call("DELETE", f"meetings/{made['meeting_code']}/")
    assert status == 200
    assert "nothing wrong" in stack.manage("check_ledger", "--customer", "acme")
