from dataclasses import replace
from pathlib import Path

import pytest

from egress.profile import DEFAULT, OFFICIAL, WorkerProfile
from egress.settings import Settings, SettingsError

PLAIN = {
    "EGRESS_REDIS_URL": "redis://:redis-password@127.0.0.1:6379/0",
    "EGRESS_LIVEKIT_URL": "ws://127.0.0.1:7880",
    "EGRESS_API_KEY": "devkey",
    "EGRESS_API_SECRET": "api-secret",
    "EGRESS_FOLDER": "/var/lib/egress",
}
WITH_S3 = {
    **PLAIN,
    "EGRESS_S3_BUCKET": "recordings",
    "EGRESS_S3_ACCESS_KEY_ID": "someone",
    "EGRESS_S3_SECRET_ACCESS_KEY": "s3-secret",
}


def test_four_connections_and_a_folder_are_enough() -> None:
    settings = Settings.read(PLAIN)
    assert settings.redis_url == "redis://:redis-password@127.0.0.1:6379/0"
    assert settings.livekit_url == "ws://127.0.0.1:7880"
    assert (settings.api_key, settings.api_secret) == ("devkey", "api-secret")
    assert settings.folder == Path("/var/lib/egress")
    assert (settings.max_egresses, settings.cpu_per_egress) == (4, 0.5)
    assert (settings.max_seconds, settings.profile) == (0, DEFAULT)
    assert settings.s3_bucket == ""


def test_everything_can_be_set() -> None:
    settings = Settings.read(
        {
            **WITH_S3,
            "EGRESS_MAX_EGRESSES": "2",
            "EGRESS_CPU_PER_EGRESS": "1.25",
            "EGRESS_MAX_SECONDS": "3600",
            "EGRESS_START_DELAY": "0.5",
            "EGRESS_S3_ENDPOINT_URL": "http://127.0.0.1:7070",
            "EGRESS_S3_REGION": "eu-north-1",
        }
    )
    assert (settings.max_egresses, settings.cpu_per_egress) == (2, 1.25)
    assert (settings.max_seconds, settings.profile) == (3600, WorkerProfile(start_delay=(0.5, 0.5)))
    assert settings.s3_endpoint_url == "http://127.0.0.1:7070"
    assert (settings.s3_bucket, settings.s3_region) == ("recordings", "eu-north-1")
    assert (settings.s3_access_key_id, settings.s3_secret_access_key) == ("someone", "s3-secret")


@pytest.mark.parametrize(
    ("given", "profile"), [("", DEFAULT), ("0", DEFAULT), (" ", DEFAULT), ("1", OFFICIAL)]
)
def test_it_can_behave_like_the_official_one(given: str, profile: WorkerProfile) -> None:
    assert Settings.read({**PLAIN, "EGRESS_LIKE_OFFICIAL": given}).profile == profile


@pytest.mark.parametrize("delay", [0, 2.5])
def test_a_delay_that_is_given_is_the_official_one_s_as_well(delay: float) -> None:
    settings = Settings.read({**PLAIN, "EGRESS_LIKE_OFFICIAL": "1", "EGRESS_START_DELAY": str(delay)})
    assert settings.profile == replace(OFFICIAL, start_delay=(delay, delay))


@pytest.mark.parametrize("value", ["yes", "true", "2", "01", "-1"])
def test_a_switch_is_0_or_1(value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.read({**PLAIN, "EGRESS_LIKE_OFFICIAL": value})
    assert str(refused.value) == f"EGRESS_LIKE_OFFICIAL must be 0 or 1, not {value!r}."


def test_a_bucket_without_an_endpoint_is_amazon_s() -> None:
    settings = Settings.read(WITH_S3)
    assert (settings.s3_endpoint_url, settings.s3_region) == ("", "us-east-1")


def test_other_variables_do_not_count() -> None:
    plain = {name.removeprefix("EGRESS_"): value for name, value in PLAIN.items()}
    with pytest.raises(SettingsError, match="EGRESS_REDIS_URL is not set"):
        Settings.read(plain)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("empty", [None, "", "  "])
def test_a_missing_variable_is_named(name: str, empty: str | None) -> None:
    given = {other: value for other, value in PLAIN.items() if other != name}
    if empty is not None:
        given[name] = empty
    with pytest.raises(SettingsError, match=f"^{name} is not set"):
        Settings.read(given)


@pytest.mark.parametrize("name", ["EGRESS_S3_ACCESS_KEY_ID", "EGRESS_S3_SECRET_ACCESS_KEY"])
def test_a_bucket_needs_its_keys(name: str) -> None:
    given = {other: value for other, value in WITH_S3.items() if other != name}
    with pytest.raises(SettingsError, match=f"^{name} is not set"):
        Settings.read(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EGRESS_S3_ENDPOINT_URL", "http://127.0.0.1:7070"),
        ("EGRESS_S3_ACCESS_KEY_ID", "someone"),
        ("EGRESS_S3_SECRET_ACCESS_KEY", "s3-secret"),
    ],
)
def test_what_belongs_to_a_bucket_is_refused_without_one(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match="EGRESS_S3_BUCKET must be, too") as refused:
        Settings.read({**PLAIN, name: value})
    assert name in str(refused.value)
    assert "s3-secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EGRESS_MAX_EGRESSES", "0"),
        ("EGRESS_MAX_EGRESSES", "-1"),
        ("EGRESS_MAX_EGRESSES", "1.5"),
        ("EGRESS_MAX_EGRESSES", "²"),
        ("EGRESS_MAX_EGRESSES", "many"),
        ("EGRESS_MAX_SECONDS", "-1"),
        ("EGRESS_MAX_SECONDS", "an hour"),
        ("EGRESS_CPU_PER_EGRESS", "-0.5"),
        ("EGRESS_CPU_PER_EGRESS", "nan"),
        ("EGRESS_CPU_PER_EGRESS", "inf"),
        ("EGRESS_CPU_PER_EGRESS", "half"),
        ("EGRESS_START_DELAY", "-1"),
        ("EGRESS_START_DELAY", "soon"),
    ],
)
def test_a_wrong_number_is_named_and_shown(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} must be a .*number from [01], not '{value}'"):
        Settings.read({**PLAIN, name: value})


@pytest.mark.parametrize("name", ["EGRESS_REDIS_URL", "EGRESS_LIVEKIT_URL", "EGRESS_S3_ENDPOINT_URL"])
def test_a_wrong_address_is_named_and_not_shown(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} must begin with") as refused:
        Settings.read({**WITH_S3, name: "somebody:pass-word@127.0.0.1:1"})
    assert "pass-word" not in str(refused.value)


def test_no_secret_is_shown() -> None:
    shown = repr(Settings.read({**WITH_S3, "EGRESS_S3_ENDPOINT_URL": "http://me:endpoint-password@s3"}))
    assert "devkey" in shown
    for secret in ("redis-password", "api-secret", "s3-secret", "endpoint-password"):
        assert secret not in shown
