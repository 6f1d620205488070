"""What the rules of recordings rely on in LiveKit's own words."""

import pytest

from tests.upclass.conftest import TwirpServer, serving
from upclass import egress

STOP = egress.stop_egress  # the border itself, before the tests replace it
CANNOT = '{"code": "failed_precondition", "msg": "egress with status EGRESS_%s cannot be stopped"}'


@pytest.mark.parametrize(
    ("state", "is_received"), [("COMPLETE", True), ("FAILED", True), ("ABORTED", True), ("ENDING", False)]
)
def test_what_has_ended_has_ended_and_what_ends_for_ever_is_run_by_nobody(
    state: str, is_received: bool, settings: object
) -> None:
    """livekit-server asks the recorder first, and gives the state only when nobody answered (v1.13.5)."""
    server = TwirpServer()
    server.answers["StopEgress"] = (412, "application/json", (CANNOT % state).encode())
    with serving(server) as port:
        settings.LIVEKIT_URL = f"ws://127.0.0.1:{port}"  # type: ignore[attr-defined]
        assert STOP("EG_1") is is_received
