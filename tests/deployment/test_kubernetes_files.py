"""deploy/kubernetes: what names what is there, and what runs is confined.

That Kubernetes knows every field is checked by `nox -s deployment`, against its own schemas.
"""

from __future__ import annotations

from importlib.metadata import version

import pytest
import yaml

from haitech_app.http_app import BASE
from haitech_app.server import PATIENCE
from haitech_app.settings import Settings, SettingsError
from haitech_app.worker import PATIENCE as PATIENCE_AT_WORK
from tests.deployment.composed import CLONE

FILES = sorted((CLONE / "deploy" / "kubernetes").glob("*.yaml"))
THINGS = [thing for file in FILES for thing in yaml.safe_load_all(file.read_text("utf-8"))]
MADE_BY_HAND = ("haitech-backup",)
"""A ConfigMap that is made of our scripts, by the command that the file gives."""


def of_kind(kind):
    return [thing for thing in THINGS if thing["kind"] == kind]


def named(kind, name):
    [found] = [thing for thing in of_kind(kind) if thing["metadata"]["name"] == name]
    return found


def template(thing):
    spec = thing["spec"]
    return (spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec)["template"]


RUNNING = [thing for kind in ("Deployment", "Job", "CronJob") for thing in of_kind(kind)]
running = pytest.mark.parametrize("thing", RUNNING, ids=lambda thing: thing["metadata"]["name"])


def test_everything_is_in_one_namespace():
    assert {thing["metadata"]["namespace"] for thing in THINGS} == {"haitech"}
    assert len(RUNNING) == 4


@running
def test_what_runs_is_nobody_and_can_change_nothing(thing):
    pod = template(thing)["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10_001
    assert pod["automountServiceAccountToken"] is False
    [container] = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]


@running
def test_what_runs_finds_its_settings_and_its_folders(thing):
    pod = template(thing)["spec"]
    [container] = pod["containers"]
    for source in container.get("envFrom", ()):
        if "configMapRef" in source:
            assert named("ConfigMap", source["configMapRef"]["name"])
        else:
            assert named("Secret", source["secretRef"]["name"])
    for variable in container.get("env", ()):
        reference = variable.get("valueFrom", {}).get("secretKeyRef")
        if reference is not None:
            assert reference["key"] in named("Secret", reference["name"])["stringData"]
    volumes = {volume["name"]: volume for volume in pod.get("volumes", ())}
    assert {mount["name"] for mount in container.get("volumeMounts", ())} == set(volumes)
    for volume in volumes.values():
        if "configMap" in volume:
            assert volume["configMap"]["name"] in MADE_BY_HAND
        if "persistentVolumeClaim" in volume:
            assert named("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"])


def test_the_settings_are_ours_and_the_placeholders_are_refused():
    told = named("ConfigMap", "haitech-settings")["data"]
    secrets = named("Secret", "haitech-secrets")["stringData"]
    with pytest.raises(SettingsError) as refused:
        Settings.load({**told, **secrets})
    assert {line.split()[0] for line in refused.value.problems} == set(secrets)
    real = {
        name: value.replace("replace-this", f"4f1b9c07e6d2a8355d60{number}b7c1e9f2a48361")
        for number, (name, value) in enumerate(secrets.items())
    }
    settings = Settings.load({**told, **real})
    assert settings.env == "prod"
    assert not settings.worker_inside
    assert settings.public_url == f"https://{settings.trusted_hosts[0]}"


def test_programs_are_of_this_version():
    images = {template(t)["spec"]["containers"][0]["image"] for t in RUNNING}
    ours = {image for image in images if "haitech" in image}
    assert {image.rpartition(":")[2] for image in ours} == {version("haitech")}


def test_servers_are_probed_where_they_answer():
    [container] = template(named("Deployment", "haitech-api"))["spec"]["containers"]
    [port] = container["ports"]
    assert port["containerPort"] == Settings().port
    paths = {
        name: container[name]["httpGet"]["path"]
        for name in ("startupProbe", "readinessProbe", "livenessProbe")
    }
    assert paths == {
        "startupProbe": f"{BASE}/health/ready",
        "readinessProbe": f"{BASE}/health/ready",
        "livenessProbe": f"{BASE}/health/live",
    }, "a database that is away must not restart servers"
    assert all(container[name]["httpGet"]["port"] == port["name"] for name in paths)


def test_workers_are_probed_on_the_port_that_they_open_for_it():
    [container] = template(named("Deployment", "haitech-worker"))["spec"]["containers"]
    [port] = container["ports"]
    told = {variable["name"]: variable["value"] for variable in container["env"]}
    assert told["HAITECH_METRICS_PORT"] == str(port["containerPort"])
    assert container["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": port["name"]}
    assert container["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": port["name"]}


def test_what_ends_has_the_time_that_the_program_takes():
    api = template(named("Deployment", "haitech-api"))["spec"]
    [container] = api["containers"]
    _, pause = container["lifecycle"]["preStop"]["exec"]["command"]
    assert api["terminationGracePeriodSeconds"] > int(pause) + PATIENCE
    worker = template(named("Deployment", "haitech-worker"))["spec"]
    assert worker["terminationGracePeriodSeconds"] > PATIENCE_AT_WORK


def test_the_way_in_leads_to_the_servers():
    [ingress] = of_kind("Ingress")
    [rule] = ingress["spec"]["rules"]
    [path] = rule["http"]["paths"]
    assert path["path"] == BASE
    service = named("Service", path["backend"]["service"]["name"])
    [port] = service["spec"]["ports"]
    assert port["name"] == path["backend"]["service"]["port"]["name"]
    pods = template(named("Deployment", "haitech-api"))["metadata"]["labels"]
    assert service["spec"]["selector"] == pods
    assert of_kind("PodDisruptionBudget")[0]["spec"]["selector"]["matchLabels"] == pods
    assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]]
    size = ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
    assert size == "1m"


def test_webhooks_reach_no_private_address():
    policy = named("NetworkPolicy", "haitech-asks")
    [world] = [
        peer["ipBlock"]
        for rule in policy["spec"]["egress"]
        for peer in rule["to"]
        if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
    ]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(
        world["except"]
    )
    assert named("NetworkPolicy", "nothing-unless-allowed")["spec"]["podSelector"] == {}
