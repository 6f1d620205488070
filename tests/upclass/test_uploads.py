"""Strangers send files: none is read, let alone written."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT

FORMS = [
    "/language/",
    "/admin/login/",
    "/BCDF-GHJK-LMNP/",
    "/BCDF-GHJK-LMNP/feedback/",
    "/BCDF-GHJK-LMNP/host/mute",
]
LARGE = 3 * 1024 * 1024  # above what Django keeps in memory of a file


class Endless:
    """The body of a form with a file that says it is 300 MiB long; counts what is read of it."""

    length = 300 * 1024 * 1024

    def __init__(self) -> None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\n\r\n'
        self.head, self.given = head.encode(), 0

    def read(self, size: int = -1) -> bytes:
        piece = (self.head[self.given :] + b"x" * size)[:size]
        self.given += len(piece)
        return piece

    readline = read


@pytest.fixture
def stranger(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Client:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return client


def send(stranger: Client, path: str, body: Any, length: int) -> Any:
    facts = {"CONTENT_TYPE": MULTIPART_CONTENT, "CONTENT_LENGTH": str(length), "wsgi.input": body}
    return stranger.request(REQUEST_METHOD="POST", PATH_INFO=path, **facts)


@pytest.mark.django_db
@pytest.mark.parametrize("path", FORMS)
def test_a_large_file_is_refused_before_it_is_read(stranger: Client, path: str, tmp_path: Path) -> None:
    stranger.handler.enforce_csrf_checks = True
    stranger.cookies["csrftoken"] = "a" * 32  # the check reads the form for its token
    body = Endless()
    assert send(stranger, path, body, body.length).status_code == 413
    assert body.given <= 64 * 1024
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_a_file_whose_size_is_hidden_is_refused_at_its_first_byte(stranger: Client, tmp_path: Path) -> None:
    assert send(stranger, "/language/", Endless(), 64 * 1024).status_code == 413
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_a_small_file_is_refused_too_and_the_page_says_so(stranger: Client) -> None:
    answer = stranger.post("/language/", {"language": "de", "file": SimpleUploadedFile("a.txt", b"x")})
    assert answer.status_code == 413
    assert "takes no files" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_files_is_read_in_either_encoding(stranger: Client) -> None:
    assert stranger.post("/language/", {"language": "de"}).cookies["language"].value == "de"


def test_a_form_that_is_too_large_is_refused(stranger: Client) -> None:
    answer = stranger.post("/language/", "language=" + "x" * LARGE, "application/x-www-form-urlencoded")
    assert answer.status_code == 413
