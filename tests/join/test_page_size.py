"""A browser loads little until the preview shows; what only the call needs comes later."""

from pathlib import Path

import pytest

from tests import built
from tests.built import SCRIPT, STYLE, Manifest

STAGE = "join/room/call/stage.tsx"


def test_script_and_style_until_the_preview_shows_keep_to_the_budget() -> None:
    first = built.first_part(built.manifest())
    assert 0 < built.packed(built.content(first)) <= built.BUDGET, sorted(first)


def test_what_only_the_call_needs_comes_later() -> None:
    made = built.manifest()
    assert STAGE in made[SCRIPT]["dynamicImports"]
    later = {file for name in made[SCRIPT]["dynamicImports"] for file in own_files(made, name)}
    assert later
    assert not later & built.first_part(made)


def own_files(made: Manifest, name: str) -> set[str]:
    return {made[name]["file"], *made[name].get("css", [])}


# How it is counted


@pytest.fixture
def made() -> Manifest:
    """A page of two chunks that share a third, and a later one."""
    return {
        SCRIPT: {
            "file": "main.js",
            "css": ["main.css"],
            "imports": ["_live.js", "_signals.js"],
            "dynamicImports": ["later.tsx"],
        },
        "_live.js": {"file": "live.js", "imports": ["_signals.js"], "css": ["live.css"]},
        "_signals.js": {"file": "signals.js"},
        "later.tsx": {"file": "later.js", "css": ["later.css"], "imports": [SCRIPT]},
        STYLE: {"file": "style.css", "assets": ["font.woff2"]},
        "icons.svg": {"file": "icons.svg"},
    }


def test_the_first_part_is_the_entries_and_all_that_they_import(made: Manifest) -> None:
    scripts = {"main.js", "live.js", "signals.js"}
    assert built.first_part(made) == {*scripts, "main.css", "live.css", "style.css"}


def test_chunks_that_import_each_other_are_counted_once(made: Manifest) -> None:
    made["_signals.js"]["imports"] = [SCRIPT]
    assert {"main.js", "live.js", "signals.js"} < built.first_part(made)


def test_a_later_chunk_brings_its_own_files(made: Manifest) -> None:
    assert own_files(made, "later.tsx") == {"later.js", "later.css"}
    assert built.files_of(made, "later.tsx") >= {"later.js", "later.css", "main.js"}


def test_files_count_as_they_travel() -> None:
    repeated, noise = b"same " * 10_000, bytes(range(256)) * 4
    assert 20 < built.packed([repeated]) < 500
    assert built.packed([repeated, noise]) == built.packed([repeated]) + built.packed([noise])


def test_without_a_built_page_nothing_passes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(built, "ROOM", tmp_path)
    with pytest.raises(FileNotFoundError):
        built.manifest()
