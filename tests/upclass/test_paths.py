import pytest

from upclass.paths import entry_point, is_page


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/meetings/", "api"),
        ("/admin/", "admin"),
        ("/admin", "admin"),
        ("/docs", "docs"),
        ("/docs/", "docs"),
        ("/webhooks/livekit/", "webhooks"),
        ("/static/room/assets/x.js", "static"),
        ("/healthz", "healthz"),
        ("/readyz", "readyz"),
    ],
)
def test_a_path_belongs_to_the_entry_point_of_its_first_part(path: str, name: str) -> None:
    assert (entry_point(path), is_page(path)) == (name, False)


@pytest.mark.parametrize(
    "path", ["/", "/BCDF-GHJK-MNPR/", "/language/", "/docsy", "/administration/", "//api/"]
)
def test_everything_else_is_a_page(path: str) -> None:
    assert is_page(path)
