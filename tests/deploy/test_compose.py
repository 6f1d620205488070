"""What docker-compose.yml says, as Docker Compose reads it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from local import install, livekit, web
from local.env import ROOT
from local.stack import SETTINGS
from tests.deploy import composed, image
from upclass.checks import SECRETS

LIVEKIT = yaml.safe_load((ROOT / "deploy" / "livekit.yaml").read_text())
MAY_BE_EMPTY = {"SECRET_KEY_FALLBACKS", "FRAME_ANCESTORS", "STAFF_OTP_REQUIRED"}


def asked_for() -> set[str]:
    return set(composed.VARIABLE.findall(composed.FILE.read_text()))


# The file


def test_it_is_a_compose_file(model: Any) -> None:
    assert set(composed.OURS) < set(model["services"])


@pytest.mark.parametrize(
    ("right", "wrong", "why"),
    [
        ("restart: always", "restrat: always", "restrat"),
        ("internal: true", "internal: perhaps", "inside"),
        ("condition: service_completed_successfully", "condition: done", "migrate"),
        ("stop_grace_period: 45s", "stop_grace_period: long", "duration"),
        ("x-ours: &ours", "ours: &ours", "ours"),
        ("networks: [edge]", "networks: [egde]", "undefined network"),
        ("      redis: {condition", "      rediss: {condition", "undefined service"),
        ("source: valkey,", "source: valley,", "undefined config"),
        ('["redis:/data"]', '["rediss:/data"]', "undefined volume"),
    ],
)
def test_a_mistake_in_it_would_be_reported(right: str, wrong: str, why: str, tmp_path: Path) -> None:
    composed.new_env(tmp_path)
    text = composed.FILE.read_text()
    assert right in text
    done = composed.read(tmp_path, text.replace(right, wrong))
    assert done.returncode != 0
    assert why in done.stderr


def test_each_file_that_it_mounts_is_there(model: Any) -> None:
    mounted = [
        Path(volume["source"])
        for service in model["services"].values()
        for volume in service.get("volumes", [])
        if volume["type"] == "bind"
    ]
    assert sorted(path.name for path in mounted) == ["Caddyfile", "livekit.yaml"]
    for path in mounted:
        assert (ROOT / "deploy" / path.name).is_file()


# Names and secrets


@pytest.mark.parametrize("name", sorted(asked_for() - MAY_BE_EMPTY))
def test_each_that_is_missing_is_demanded_with_a_sentence(name: str, tmp_path: Path) -> None:
    lines = [f"{other}={value}" for other, value in composed.new_env(tmp_path).items() if other != name]
    (tmp_path / ".env").write_text("\n".join(lines))
    done = composed.read(tmp_path)
    assert done.returncode != 0
    [(missing, sentence)] = re.findall(r"required variable (\w+) is missing a value: (.+)", done.stderr)
    assert missing == name
    assert re.fullmatch(r"[A-Z].+ is missing\. deploy/new-env writes it into \.env\.", sentence)


def test_new_env_writes_what_it_asks_for_and_nothing_else(values: dict[str, str]) -> None:
    assert values.keys() == asked_for()
    assert {name for name, value in values.items() if not value} == MAY_BE_EMPTY


@pytest.mark.parametrize("name", SECRETS)
def test_each_secret_of_the_service_comes_from_the_env_file(
    name: str, values: dict[str, str], services: Any
) -> None:
    for service in composed.OURS:
        assert services[service]["environment"][name] == values[name]


def test_it_sets_what_the_service_reads_and_nothing_else(services: Any) -> None:
    tuned_elsewhere = {
        "RATE_LIMIT_PER_SECOND",
        "RATE_LIMIT_BURST",
        "LIVEKIT_CLOCK_SKEW",
        "WEBHOOK_RETENTION_DAYS",
        "NEWS_KEPT_DAYS",
    }
    for service in composed.OURS:
        assert set(services[service]["environment"]) == set(SETTINGS) - tuned_elsewhere
        assert services[service]["environment"]["DEBUG"] == "0"


def test_all_that_need_a_password_have_the_same(values: dict[str, str], model: Any) -> None:
    services = model["services"]
    ours = services["web"]["environment"]
    assert f":{services['postgres']['environment']['POSTGRES_PASSWORD']}@postgres" in ours["DATABASE_URL"]
    assert f"requirepass {values['REDIS_PASSWORD']}\n" in model["configs"]["valkey"]["content"]
    assert f":{values['REDIS_PASSWORD']}@redis:6379" in ours["REDIS_URL"]
    assert services["livekit"]["environment"]["REDIS_PASSWORD"] == values["REDIS_PASSWORD"]
    key, secret = services["livekit"]["environment"]["LIVEKIT_KEYS"].split(": ")
    for reader in (ours, services["egress"]["environment"]):
        assert (reader["LIVEKIT_API_KEY"], reader["LIVEKIT_API_SECRET"]) == (key, secret)
    assert services["s3"]["environment"]["ROOT_SECRET_ACCESS_KEY"] == ours["S3_SECRET_ACCESS_KEY"]
    assert services["s3"]["environment"]["ROOT_ACCESS_KEY_ID"] == ours["S3_ACCESS_KEY_ID"]
    assert services["s3"]["environment"]["S3_BUCKET"] == ours["S3_BUCKET"]


# Images


def test_each_image_has_a_version(services: Any) -> None:
    for name, service in services.items():
        _, _, tag = service["image"].rpartition(":")
        assert re.fullmatch(r"local|v?\d+(\.\d+)*(-\w+)?", tag), f"{name}: {service['image']}"


def test_versions_are_those_that_the_tests_run(services: Any) -> None:
    built = {"livekit": install.LIVEKIT_SERVER, "s3": install.VERSITYGW, "proxy": install.CADDY}
    for name, source in built.items():
        version = services[name]["image"].rpartition(":")[2].removeprefix("v")
        assert f"v{version}" == source.rpartition("@")[2]


def test_our_parts_run_one_image_that_is_built_here(services: Any) -> None:
    assert {services[name]["image"] for name in composed.OURS} == {"upclass-meet:local"}
    assert [name for name, service in services.items() if "build" in service] == ["migrate"]
    for name in composed.OURS:
        assert services[name]["pull_policy"] == ("build" if name == "migrate" else "never")


# What can be reached


def test_only_the_proxy_and_media_are_published(services: Any) -> None:
    published = {
        (name, port["target"], port["protocol"])
        for name, service in services.items()
        for port in service.get("ports", [])
    }
    media = LIVEKIT["rtc"]
    assert published == {
        ("proxy", 80, "tcp"),
        ("proxy", 443, "tcp"),
        ("proxy", 443, "udp"),
        ("livekit", media["udp_port"], "udp"),
        ("livekit", media["tcp_port"], "tcp"),
    }
    assert {port["target"] == int(port["published"]) for port in services["livekit"]["ports"]} == {True}


def test_what_keeps_data_is_in_a_network_that_leads_nowhere(model: Any) -> None:
    assert model["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "egress", "worker", "recordings", "beat", "migrate"):
        assert list(model["services"][name]["networks"]) == ["inside"]
    assert list(model["services"]["proxy"]["networks"]) == ["edge"]


def test_the_service_answers_to_the_names_it_is_called_by(services: Any, values: dict[str, str]) -> None:
    allowed = services["web"]["environment"]["ALLOWED_HOSTS"].split(",")
    [events] = LIVEKIT["webhook"]["urls"]
    assert events == "http://web:8000/webhooks/livekit/"
    assert allowed == [values["MEET_HOST"], "web", "127.0.0.1"]  # browsers, LiveKit, the health check


# Keeping it up


def test_all_but_migrate_are_started_again(services: Any) -> None:
    again = {name: service["restart"] for name, service in services.items()}
    assert again.pop("migrate") == "no"
    assert again.pop("egress") == "always"
    assert set(again.values()) == {"unless-stopped"}


def test_logs_do_not_fill_the_disk(services: Any) -> None:
    for service in services.values():
        assert service["logging"]["driver"] == "json-file"
        assert service["logging"]["options"] == {"max-size": "20m", "max-file": "5"}


def test_whoever_is_waited_for_has_a_health_check(services: Any) -> None:
    for name, service in services.items():
        for other, waited in service.get("depends_on", {}).items():
            if waited["condition"] == "service_healthy":
                has_its_own = "test" in services[other].get("healthcheck", {})
                assert has_its_own or other == "web", f"{name} waits for {other}"  # web's is in the image
            else:
                assert (other, waited["condition"]) == ("migrate", "service_completed_successfully")


def test_nothing_of_ours_starts_before_the_tables_are_there(services: Any) -> None:
    for name in ("web", "worker", "periodic", "recordings", "beat"):
        assert "migrate" in services[name]["depends_on"]
    assert list(services["migrate"]["depends_on"]) == ["postgres"]


def test_a_worker_may_get_livekit_s_answer_before_it_is_killed(services: Any) -> None:
    from upclass.egress import START_TIMEOUT  # noqa: PLC0415  it belongs to this test only

    assert seconds(services["recordings"]["stop_grace_period"]) > START_TIMEOUT


def seconds(duration: str) -> int:
    """Of what Go prints, such as 1m30s."""
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+)([hms])", duration))


def test_what_our_parts_may_do_is_little(services: Any) -> None:
    for name in composed.OURS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]


# What runs


def test_each_queue_has_exactly_one_worker(services: Any) -> None:
    served = [
        queue
        for name in ("worker", "periodic", "recordings")
        for option in services[name]["command"]
        if option.startswith("--queues=")
        for queue in option.removeprefix("--queues=").split(",")
    ]
    queues: Any = settings.CELERY["task_queues"]
    assert sorted(served) == sorted(queue.name for queue in queues)


def test_the_web_server_is_started_as_on_one_s_own_machine() -> None:
    here, there = list(web.part({"PORT": "8000"}).command)[1:], image.command()[1:]
    for command in (here, there):
        for option in ("--host", "--workers"):
            del command[command.index(option) + 1]
    assert sorted(here) == sorted(there)


def test_each_volume_is_used_where_its_image_keeps_data(services: Any) -> None:
    kept = {
        volume["source"]: volume["target"]
        for service in services.values()
        for volume in service.get("volumes", [])
        if volume["type"] == "volume"
    }
    assert kept == {
        "postgres": "/var/lib/postgresql",  # from 18 on; it was …/data before
        "redis": "/data",
        "s3": "/data",
        "caddy": "/data",
        "caddy-config": "/config",
    }


# LiveKit's rules, here and on one's own machine


def test_livekit_is_configured_as_on_one_s_own_machine() -> None:
    env = {
        "LIVEKIT_URL": "ws://127.0.0.1:7880",
        "REDIS_URL": "redis://:x@127.0.0.1:6379/0",
        "LIVEKIT_API_KEY": "key",
        "LIVEKIT_API_SECRET": "secret",
        "PORT": "8000",
    }
    here: Any = livekit.configuration(env, 7882)
    assert LIVEKIT["room"] == here["room"]
    assert LIVEKIT["api"] == here["api"]
    assert LIVEKIT["webhook"]["resource_url_notifier"] == here["webhook"]["resource_url_notifier"]
    [ours], [theirs] = here["webhook"]["urls"], LIVEKIT["webhook"]["urls"]
    assert ours.partition(":8000")[2] == theirs.partition(":8000")[2]


def test_the_recorder_s_settings_are_what_its_readme_knows(services: Any, values: dict[str, str]) -> None:
    said = yaml.safe_load(services["egress"]["environment"]["EGRESS_CONFIG_BODY"])
    assert said == {
        "redis": {"address": "redis:6379", "password": values["REDIS_PASSWORD"]},
        "insecure": True,
        "health_port": 8090,
        "logging": {"level": "info", "json": True},
    }
    assert services["egress"]["environment"]["LIVEKIT_WS_URL"] == "ws://livekit:7880"
    assert services["egress"]["cap_add"] == ["SYS_ADMIN"]
