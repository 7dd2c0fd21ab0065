"""compose.yaml: its parts fit together, its settings are ours, and nobody's secrets are in it.

That Compose itself can read it is checked by `nox -s deployment`.
"""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
import yaml

from haitech_app.settings import PREFIX, Settings, SettingsError
from tests.deployment.composed import (
    CLONE,
    EXAMPLE,
    VARIABLE,
    NotSet,
    composed,
    example,
    mounted,
    new_env,
    source,
)

SETTINGS = {f"{PREFIX}{field.name.upper()}" for field in attrs.fields(Settings)}
PROGRAMS = ("api", "worker", "migrate")
SECRET = ("PASSWORD", "SECRET", "TOKEN", "KEY")
PLACEHOLDER = "replace-this"
FOLDERS_OF_THE_OWNER = ("./deploy/tls",)


@pytest.fixture(scope="module")
def services():
    return composed(new_env())["services"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_its_programs_accept_their_settings_in_production(services, name):
    environment = services[name]["environment"]
    settings = Settings.load(environment)
    assert settings.env == "prod"
    assert not settings.for_trying_out
    assert {key for key in environment if key.startswith(PREFIX)} <= SETTINGS


def test_with_the_examples_secrets_no_program_starts_and_each_is_named():
    for name in PROGRAMS:
        with pytest.raises(SettingsError) as refused:
            Settings.load(composed(example())["services"][name]["environment"])
        named = {line.split()[0] for line in refused.value.problems}
        wanted = {"DATABASE_URL", "REDIS_URL", "JWT_SECRET", "SECRET_KEY", "METRICS_TOKEN"}
        wanted |= {"ADMIN_PASSWORD"} if name == "api" else set()
        assert named == {f"{PREFIX}{setting}" for setting in wanted}
        assert PLACEHOLDER not in str(refused.value)


def test_secrets_of_ones_own_are_random_and_everything_else_stays_as_it_was():
    first, second = new_env(), new_env()
    placeholders = {name for name, value in example().items() if value == PLACEHOLDER}
    assert {name for name in first if first[name] != second[name]} == placeholders
    assert all(len(first[name]) == 64 for name in placeholders)
    assert {name: first[name] for name in first.keys() - placeholders} == {
        name: value for name, value in example().items() if name not in placeholders
    }


@pytest.mark.parametrize("name", sorted(example()))
def test_what_the_example_sets_is_asked_for_and_not_made_up(name):
    """A secret that is missing stops Compose, rather than being a default that everybody knows."""
    without = {key: value for key, value in new_env().items() if key != name}
    with pytest.raises(NotSet, match=name):
        composed(without)


def test_no_secret_has_a_default_and_none_is_written_down():
    asked = VARIABLE.findall(source())
    defaults = [name for name, how, _ in asked if how == "-" and name.endswith(SECRET)]
    assert [name for name in defaults if name != "HAITECH_ZOOM_SECRET"] == []
    known = set(example()) | {
        line.removeprefix("# ").partition("=")[0]
        for line in EXAMPLE.read_text("utf-8").splitlines()
        if line.startswith("# HAITECH_")
    }
    tuning = {"HAITECH_IMAGE", "HAITECH_ENV", "HAITECH_LOG_LEVEL"}
    ports = {"HAITECH_HTTP_PORT", "HAITECH_HTTPS_PORT"}
    assert {name for name, _, _ in asked} == known | tuning | ports


def test_two_servers_stand_behind_nginx_which_they_know(services):
    api, whole = services["api"], composed(new_env())
    assert api["deploy"]["replicas"] == 2
    assert "ports" not in api, "they are reached through nginx alone"
    [subnet] = whole["networks"]["front"]["ipam"]["config"]
    assert api["environment"]["HAITECH_TRUSTED_PROXIES"] == subnet["subnet"]
    assert "front" in services["nginx"]["networks"]
    assert "server api:8000 " in (CLONE / "deploy/compose/upstream.conf").read_text("utf-8")
    assert services["nginx"]["depends_on"]["api"] == {"condition": "service_healthy"}


def test_migrations_are_a_step_before_whatever_uses_the_database(services):
    done = {"condition": "service_completed_successfully"}
    assert services["migrate"]["restart"] == "no"
    for name in ("api", "worker"):
        assert services[name]["depends_on"]["migrate"] == done
    assert services["worker"]["command"] == ["worker"]
    assert services["api"]["environment"]["HAITECH_WORKER_INSIDE"] == "false"


def test_data_is_reached_from_within_only(services):
    assert composed(new_env())["networks"]["data"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert services[name]["networks"] == ["data"]
        assert "ports" not in services[name]
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"nginx", "grafana"}
    assert all(port.startswith("127.0.0.1:") for port in published["grafana"])


def test_every_file_that_is_mounted_is_in_the_clone(services):
    wanted = {place for service in services.values() for place in mounted(service)}
    files = wanted - set(FOLDERS_OF_THE_OWNER)
    assert files
    assert [place for place in sorted(files) if not (CLONE / place).exists()] == []


def test_copies_are_made_by_scripts_that_find_each_other(services):
    backup = services["backup"]
    inside = {
        Path(volume.split(":")[1]) for volume in backup["volumes"] if volume.startswith("./deploy/")
    }
    [folder] = {path.parent for path in inside}
    assert {path.name for path in inside} == {"backup.sh", "restore.sh", "contents.sql"}
    script, where = backup["command"]
    assert Path(script) == folder / "backup.sh"
    assert f"backups:{where}" in backup["volumes"]
    assert backup["image"] == services["postgres"]["image"], "pg_dump is of the server's version"


def test_prometheus_reads_what_is_there_with_the_token_that_it_is_given(services):
    written = (CLONE / "deploy/monitoring/prometheus.yml").read_text("utf-8")
    jobs = yaml.safe_load(written)["scrape_configs"]
    found = {
        (names["names"][0], names["port"]): job
        for job in jobs
        for names in job.get("dns_sd_configs", ())
    }
    worker = services["worker"]["environment"]
    assert set(found) == {("api", Settings().port), ("worker", int(worker["HAITECH_METRICS_PORT"]))}
    for (name, _), job in found.items():
        assert set(services[name]["networks"]) & set(services["prometheus"]["networks"])
        [secret] = services["prometheus"]["secrets"]
        assert job["authorization"]["credentials_file"] == f"/run/secrets/{secret}"


def test_every_image_has_a_version_and_every_server_can_be_asked_for_its_health(services):
    for name, service in services.items():
        _, _, tag = service["image"].partition(":")
        assert tag, name
        assert tag != "latest", name
        if name in {"migrate", "backup"}:
            continue
        assert service["restart"] == "unless-stopped"
        assert "build" in service or service["healthcheck"]["test"][0] == "CMD"


def test_our_programs_can_change_nothing_of_their_containers(services):
    for name in PROGRAMS:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_what_volumes_are_named_are_there_and_the_databases_is_one(services):
    volumes = composed(new_env())["volumes"]
    named = {
        place
        for service in services.values()
        for volume in service.get("volumes", ())
        if not (place := volume.split(":")[0]).startswith((".", "/"))
    }
    assert named == set(volumes)
    assert "postgres:/var/lib/postgresql" in services["postgres"]["volumes"]
