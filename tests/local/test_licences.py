"""docs/licences.md, and that somebody looked at each licence in it."""

import pytest

from local import licences


def test_the_page_names_what_is_shipped_today() -> None:
    assert licences.PAGE.read_text() == licences.page(), "`make licences` writes it anew"


@pytest.mark.parametrize("lock", licences.LOCKS.values())
def test_python_packages_are_permissive_or_were_looked_at(lock: str) -> None:
    packages = licences.python_packages(lock)
    assert len(packages) > 20
    refused = [name for name, (_, licence) in packages.items() if not licences.is_permissive(licence)]
    assert {*refused} <= {*licences.COPYLEFT}


def test_so_are_the_packages_of_the_call_page() -> None:
    packages = licences.npm_packages()
    assert "livekit-client" in packages
    assert [name for name, (_, licence) in packages.items() if not licences.is_permissive(licence)] == []


@pytest.mark.parametrize(
    ("licence", "is_permissive"),
    [
        ("MIT", True),
        ("(Apache-2.0 AND BSD-3-Clause)", True),
        ("Apache Software License; BSD License", True),
        ("GNU General Public License v3 (GPLv3)", False),
        ("MIT AND GPL-2.0-only", False),
        ("MITX", False),
        ("UNKNOWN", False),
    ],
)
def test_a_licence_is_permissive_if_all_of_its_parts_are(licence: str, is_permissive: bool) -> None:
    assert licences.is_permissive(licence) == is_permissive


def test_what_is_copyleft_is_named_with_its_reason_and_its_own_licence() -> None:
    page = licences.page()
    for name, (licence, why) in licences.COPYLEFT.items():
        assert f"- **{name}**, {licence}. {why}" in page
        assert f"| {name} |" in page
        assert licence in page.split(f"| {name} |")[1].splitlines()[0]
