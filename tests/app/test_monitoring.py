"""deploy/monitoring: what it asks for is served, each alert is explained, promtool agrees."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from haitech_app.reference.metrics import sampled
from haitech_domain.change import CATALOGUE
from tests.http.school_world import a_school_behind_its_api

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "deploy" / "monitoring"
DASHBOARD = json.loads((PLACE / "grafana/dashboards/haitech.json").read_text("utf-8"))
ALERTS = [
    rule
    for group in yaml.safe_load((PLACE / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
GUIDE = (ROOT / "docs/how-to/monitor.md").read_text("utf-8")
ASKED = {
    **{f"alert {rule['alert']}": rule["expr"] for rule in ALERTS},
    **{
        f"panel {panel['title']} {target['refId']}": target["expr"]
        for panel in PANELS
        for target in panel["targets"]
    },
    **{f"guide {n}": e for n, e in enumerate(re.findall(r"```promql\n(.*?)```", GUIDE, re.DOTALL))},
}
PROMQL = {
    "by",
    "count",
    "delta",
    "histogram_quantile",
    "increase",
    "max",
    "min",
    "or",
    "rate",
    "sum",
    "time",
    "topk",
    "vector",
}
FROM_PROMETHEUS = {"up": {"job", "instance"}}
OF_THE_SCRAPE = {"job", "instance", "process"}


def served():
    """Every sample's name, with its labels and their values."""
    found: dict[str, dict[str, set[str]]] = {
        name: {label: set() for label in labels} for name, labels in FROM_PROMETHEUS.items()
    }
    for metric in sampled():
        names = [metric.name] if metric.type == "gauge" else []
        names += [s.name for s in metric.samples if not s.name.endswith("_created")]
        for name in names:
            found.setdefault(name, {label: set() for label in OF_THE_SCRAPE})
        for sample in metric.samples:
            for label, value in sample.labels.items():
                found.setdefault(sample.name, {}).setdefault(label, set()).add(value)
    found["haitech_jobs_total"] |= {"kind": set(), "outcome": set()}
    return found


SERVED = served()
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


def bare(expr):
    """An expression's words: without comments, matchers, groupings, ranges and numbers."""
    text = re.sub(r"#.*", "", expr)
    text = re.sub(r"\{[^}]*\}", "", text)
    text = re.sub(r"\bby\s*\([^)]*\)", "", text)
    text = re.sub(r"\[[^\]]*\]", "", text)
    return set(re.findall(r"[a-zA-Z_]\w*", text))


@pytest.mark.parametrize("what", ASKED)
def test_only_what_is_served_is_asked_for(what):
    words = bare(ASKED[what]) - PROMQL
    assert words, "it asks for something"
    assert words <= set(SERVED)


@pytest.mark.parametrize("what", ASKED)
def test_its_labels_are_those_that_are_served(what):
    expr = ASKED[what]
    for name, matchers in re.findall(r"(\w+)\s*\{([^}]*)\}", expr):
        labels = {label for label, _, _ in MATCHER.findall(matchers)}
        assert labels <= set(SERVED[name]) | OF_THE_SCRAPE, name
    every = {label for name in bare(expr) & set(SERVED) for label in SERVED[name]}
    for grouped in re.findall(r"\bby\s*\(([^)]*)\)", expr):
        assert {label.strip() for label in grouped.split(",")} <= every | OF_THE_SCRAPE


def test_types_states_and_routes_that_are_asked_for_exist():
    with a_school_behind_its_api() as world:
        routes = {route.path_format for route in world.client.app.routes}
    fixed = {
        "http_route": routes,
        "type": set(CATALOGUE),
        "state": SERVED["haitech_queue_jobs"]["state"],
        "status": SERVED["haitech_webhook_deliveries"]["status"],
    }
    seen = set()
    for expr in ASKED.values():
        for label, how, value in MATCHER.findall(expr):
            if label not in fixed:
                continue
            seen.add(label)
            if how in {"=", "!="}:
                assert value in fixed[label]
            else:
                for word in value.split("|"):
                    assert any(re.fullmatch(value, known) for known in fixed[label]), word
    assert seen == set(fixed)


def test_each_alert_has_its_lines_in_the_guide_and_says_where():
    headings = set(re.findall(r"^### (\w+)$", GUIDE, re.MULTILINE))
    assert headings == {rule["alert"] for rule in ALERTS}
    for rule in ALERTS:
        anchor = f"docs/how-to/monitor.md#{rule['alert'].lower()}"
        assert rule["annotations"]["runbook"] == anchor
        assert rule["labels"]["severity"] in {"critical", "warning"}


def test_each_alert_is_tried_both_ways():
    tests = yaml.safe_load((PLACE / "alerts_test.yml").read_text("utf-8"))["tests"]
    tried: dict[bool, set[str]] = {True: set(), False: set()}
    for test in tests:
        for one in test["alert_rule_test"]:
            tried[bool(one["exp_alerts"])].add(one["alertname"])
    assert tried[True] == tried[False] == {rule["alert"] for rule in ALERTS}


def test_the_dashboard_asks_the_source_that_is_provisioned():
    sources = yaml.safe_load(
        (PLACE / "grafana/provisioning/datasources/prometheus.yml").read_text("utf-8")
    )
    [source] = sources["datasources"]
    assert {panel["datasource"]["uid"] for panel in PANELS} == {source["uid"]}
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    places = [tuple(panel["gridPos"].values()) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places)
    assert all(p["gridPos"]["x"] + p["gridPos"]["w"] <= 24 for p in DASHBOARD["panels"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "--syntax-only", "prometheus.yml"),
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_agrees(arguments):
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not here (on Debian it comes with the package prometheus)")
    ran = subprocess.run(
        ["promtool", *arguments], cwd=PLACE, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
