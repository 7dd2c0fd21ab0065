"""deploy/systemd: systemd itself reads the units, and finds them confined."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import attrs
import pytest

from haitech_app.server import PATIENCE
from haitech_app.settings import Settings, SettingsError
from haitech_app.worker import PATIENCE as PATIENCE_AT_WORK
from tests.deployment.composed import CLONE, new_env, settings_of

UNITS = sorted((CLONE / "deploy" / "systemd").glob("haitech-*"))
EXAMPLE = CLONE / "deploy" / "systemd" / "example.env"
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
MOST_EXPOSED = 1.5
"""Of ten; systemd calls 2 and less «OK», and a service without any of this 9.6."""


def analyze(*arguments):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("the program systemd-analyze is not here")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def said(unit, name):
    return re.findall(rf"^{name}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


def test_systemd_finds_nothing_wrong_with_any_unit(folder):
    """The programs themselves are not installed here: something that is stands for them."""
    copies = []
    for unit in UNITS:
        text = re.sub(
            r"^(ExecStart)=\S+", r"\1=/bin/true", unit.read_text("utf-8"), flags=re.MULTILINE
        )
        copies.append(folder / unit.name)
        copies[-1].write_text(text, "utf-8")
    told = analyze("verify", "--man=no", *map(str, copies))
    assert (told.returncode, told.stderr) == (0, "")
    assert len(SERVICES) == 4


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_can_do_little_but_talk(unit):
    told = analyze("security", "--offline=yes", "--json=short", str(unit))
    assert told.returncode == 0, told.stderr
    overall = analyze(
        "security", "--offline=yes", f"--threshold={MOST_EXPOSED * 10:.0f}", str(unit)
    )
    assert overall.returncode == 0, overall.stdout
    open_still = {row["name"] for row in json.loads(told.stdout) if not row["set"]}
    assert not open_still & {"User=/DynamicUser=", "NoNewPrivileges=", "ProtectSystem="}
    assert said(unit, "EnvironmentFile") == ["/etc/haitech/haitech.env"]


def test_what_is_stopped_has_the_time_that_the_program_takes():
    seconds = {
        unit.name: int(said(unit, "TimeoutStopSec")[0].removesuffix("s"))
        for unit in SERVICES
        if said(unit, "TimeoutStopSec")
    }
    assert seconds["haitech-api@.service"] > PATIENCE
    assert seconds["haitech-worker@.service"] > PATIENCE_AT_WORK


def test_servers_stand_where_nginx_asks_for_them():
    ports = re.findall(
        r"server 127\.0\.0\.1:(\d+)", (CLONE / "deploy/nginx/upstream.conf").read_text()
    )
    api = (CLONE / "deploy/systemd/haitech-api@.service").read_text("utf-8")
    assert f"systemctl enable --now {' '.join(f'haitech-api@{port}' for port in ports)}" in api
    assert "--host 127.0.0.1 --port %i" in api


def test_whatever_serves_or_works_does_so_after_the_migrations():
    for name in ("haitech-api@.service", "haitech-worker@.service"):
        unit = CLONE / "deploy/systemd" / name
        assert said(unit, "Requires") == ["haitech-migrate.service"]
        assert "haitech-migrate.service" in said(unit, "After")[0].split()


def test_the_example_of_settings_starts_nothing_until_its_secrets_are_ones_own():
    with pytest.raises(SettingsError) as refused:
        Settings.load(settings_of(EXAMPLE.read_text("utf-8")))
    assert {line.split()[0] for line in refused.value.problems} == {
        f"HAITECH_{name}"
        for name in (
            *("ADMIN_PASSWORD", "DATABASE_URL", "JWT_SECRET", "METRICS_TOKEN", "SECRET_KEY"),
        )
    }
    made = new_env(EXAMPLE)
    with pytest.raises(SettingsError, match="DATABASE_URL still has the placeholder"):
        Settings.load(made)
    address = made["HAITECH_DATABASE_URL"].replace("replace-this", "4f1b9c07e6d2a835")
    settings = Settings.load({**made, "HAITECH_DATABASE_URL": address})
    assert settings.env == "prod"
    assert set(made) <= {f"HAITECH_{field.name.upper()}" for field in attrs.fields(Settings)}
