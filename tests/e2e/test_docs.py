"""What the documents have a reader type works as it stands, and what they point to is there.

The blocks of one language in one document are one session, in order. Only the service's address and the key
are replaced. A `json` or `text` block shows what the code before it prints, and is compared. A `sh` block
that runs make in every line is about the project itself: it, and no other, is not run.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import boto3
import pytest

from api.errors import TITLES
from api.v1.recordings import DEFAULT_EXPIRY, MAX_EXPIRY, MIN_EXPIRY
from local.env import ROOT
from local.install import node_folder
from local.stack import Stack
from recordings import backoff, reasons
from tests.conftest import NOON
from tests.e2e.blocks import LANGUAGES, Block, blocks, run, runs_make, shape
from upclass.errors import Problem

BASE, KEY = "http://127.0.0.1:8000", "upk_…"
DOCUMENTS = ("README.md", "docs/quickstart.md", "docs/rules.md", "docs/recording.md")
LINKING = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def code_of(document: str, language: str) -> list[Block]:
    """A session: what runs of a document in one language."""
    return [
        block for block in blocks(document) if block.language == language and not block.is_about_the_project
    ]


SESSIONS = [(name, language) for name in DOCUMENTS for language in LANGUAGES if code_of(name, language)]


def program(language: str) -> str:
    node = Path(node_folder()) / "node"
    return {"sh": "bash", "python": sys.executable, "js": str(node)}[language]


@pytest.fixture(scope="module")
def key(stack: Stack) -> str:
    """A key of the customer that `make run` makes, for whom no other test works."""
    return stack.manage("issue_api_key", "--customer", "demo", "--credits", "150").strip()


@pytest.mark.parametrize(("document", "language"), SESSIONS)
def test_the_blocks_run_and_print_what_is_shown(
    stack: Stack, key: str, tmp_path: Path, document: str, language: str
) -> None:
    def typed(text: str) -> str:
        return text.replace(BASE, stack.env["PUBLIC_URL"]).replace(KEY, key)

    session = [replace(block, text=typed(block.text)) for block in code_of(document, language)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, **stack.env, "KEY": key, "PATH": path}
    printed = run(session, program(language), tmp_path, env)
    for block, text in zip(session, printed, strict=True):
        if block.prints is not None:
            assert shape(text) == shape(typed(block.prints)), f"{block} prints something else"


FILM = b"a film" * 1000
MAKE_A_RECORDING = """
from django.utils import timezone
from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from recordings.models import Recording
now = timezone.now()
customer = Customer.objects.get(slug="demo")
meeting = Meeting.objects.create(customer=customer, record_on_cloud=True, created_at=now)
person = Participant.objects.create(meeting=meeting, display_name="Ann", created_at=now)
facts = {"meeting": meeting, "recorder": person, "created_at": now, "try_after": now}
Recording.objects.create(**facts, state="failed", file="docs/2.mp4")
recording = Recording.objects.create(**facts, state="completed", file="docs/1.mp4", size_bytes=6000)
print(recording.uid, meeting.code)
"""


def test_what_was_recorded_is_saved_as_shown(stack: Stack, key: str, tmp_path: Path) -> None:
    """The block that fetches, in which a meeting of the document's own has nothing to fetch."""
    env = {**os.environ, "KEY": key, "API": f"{stack.env['PUBLIC_URL']}/api/v1"}
    s3 = boto3.session.Session().client(
        "s3",
        endpoint_url=stack.env["S3_ENDPOINT_URL"],
        region_name=stack.env["S3_REGION"],
        aws_access_key_id=stack.env["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=stack.env["S3_SECRET_ACCESS_KEY"],
    )
    s3.put_object(Bucket=stack.env["S3_BUCKET"], Key="docs/1.mp4", Body=FILM)
    recording, env["CODE"] = stack.manage("shell", "--verbosity", "0", "-c", MAKE_A_RECORDING).split()
    [block] = [block for block in code_of("docs/recording.md", "sh") if "download_url" in block.text]
    subprocess.run(["bash", "-euo", "pipefail", "-c", block.text], cwd=tmp_path, env=env, check=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {f"{recording}.mp4": FILM}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_is_of_a_language_that_runs(document: str) -> None:
    unknown = [f"{block} {block.language!r}" for block in blocks(document) if block.language not in LANGUAGES]
    assert not unknown


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_stands_in_blocks_of_its_own_and_shows_no_output(document: str) -> None:
    for block in blocks(document):
        if block.is_about_the_project:
            assert block.prints is None, f"{block} is not run, so what it prints is not known"
        else:
            assert not any(map(runs_make, block.text.splitlines())), f"{block} would run make"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_curl_fails_when_the_service_refuses_unless_the_refusal_is_shown(document: str) -> None:
    for block in code_of(document, "sh"):
        uses = re.findall(r"\bcurl (\S+)", block.text)
        assert block.prints is not None or set(uses) <= {"-fsS"}, f"{block} would hide a refusal"


def outcomes() -> Iterator[type[Problem]]:
    """What the API may answer; what only the call page shows is not among it."""
    import_module("api.urls")
    waiting = [Problem]
    while waiting:
        waiting += (found := waiting.pop().__subclasses__())
        yield from (outcome for outcome in found if outcome.__module__.split(".")[0] not in ("calls", "join"))


def test_the_rules_list_every_error_that_the_api_answers() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `(.+?)` \| `(\w+)` \|", (ROOT / "docs/rules.md").read_text(), re.M)
    raised = {(str(outcome.status), outcome.error, outcome.code) for outcome in outcomes()}
    assert set(rows) == raised | {(str(status), *named) for status, named in TITLES.items()}


def test_every_reason_why_a_recording_failed_is_explained() -> None:
    text = (ROOT / "docs/recording.md").read_text()
    [table] = re.findall(r"^## Why a recording failed\n(.*?)^## ", text, re.M | re.S)
    known = {value for name, value in vars(reasons).items() if name.isupper()}
    assert set(re.findall(r"^\| `(.+?)` \|", table, re.M)) - {"failure_reason"} == known


def test_the_pauses_after_failures_are_those_of_the_service() -> None:
    after = [backoff.next_try(number, NOON) - NOON for number in range(1, backoff.TRIES)]
    pauses = [str(round(pause.total_seconds())) for pause in after]
    text = (ROOT / "docs/recording.md").read_text()
    assert f"after {', '.join(pauses[:-1])} and {pauses[-1]} seconds" in text


def test_a_link_is_good_for_as_long_as_is_documented() -> None:
    for document in ("docs/recording.md", "docs/rules.md"):
        [bounds] = re.findall(r"`\?expires_in=` (\d+)\W(\d+) seconds", (ROOT / document).read_text())
        assert tuple(map(int, bounds)) == (MIN_EXPIRY, MAX_EXPIRY)
        assert f"good for {DEFAULT_EXPIRY // 60} minutes" in (ROOT / document).read_text()


# Links


def anchors(document: Path) -> set[str]:
    """The headings' names, as GitHub makes them."""
    headings: list[str] = []
    blocks(str(document.relative_to(ROOT)), headings.append)
    names: set[str] = set()
    for line in headings:
        if line.startswith("#"):
            plain = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-")
            names.add(next(name for name in numbered(plain) if name not in names))
    return names


def numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in range(1, 100))


@pytest.mark.parametrize("document", LINKING)
def test_every_link_inside_the_project_leads_somewhere(document: str) -> None:
    prose: list[str] = []
    blocks(document, prose.append)
    for target in re.findall(r"\]\(([^)\s]+)\)", "\n".join(prose)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / document).parent / name if name else ROOT / document
        assert path.resolve().is_relative_to(ROOT) and path.exists(), f"{document}: no {target}"
        assert not anchor or anchor in anchors(path.resolve()), f"{document}: no {target}"
