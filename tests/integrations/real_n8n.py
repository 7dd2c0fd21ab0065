"""`nox -s n8n`: the templates for n8n, imported into a real one, over against a served demo school.

python -m tests.integrations.real_n8n [--installed FOLDER]
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from haitech_adapters.postgres.embedded import embedded
from haitech_adapters.webhooks import signed
from haitech_app import demo
from tests.integrations.n8n_program import BROWSER, PATIENCE, N8n, installed
from tests.integrations.templates import FOLDER, N8N, read
from tests.journeys.program import ASKING, Program, free_port, programs, until
from tests.webhooks.targets import CONTENT, now, parcel

EVENTS, FORM, REPORT = "haitechEvent0001", "haitechLead00001", "haitechDaily0001"


class Letters(Message):
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.kept.append(message)


class Trial:
    """What is tried, one sentence at a time."""

    def __init__(self, school: Program, admin: httpx.Client, n8n: N8n, letters: Letters) -> None:
        self._school, self._admin, self._n8n, self._letters = school, admin, n8n, letters
        self._hook = f"{n8n.url}/webhook/haitech-event"
        self.secret = ""

    def prepare(self, mail_port: int, scratch: Path) -> None:
        """A key, a webhook, credentials, and the workflows: imported and activated."""
        scopes = ["read:*", "write:leads"]
        key = self._made("/api-keys", {"name": "n8n", "scopes": scopes})
        self.webhook = self._made("/webhooks", {"url": self._hook, "events": ["*"]})
        self.secret = self.webhook["secret"]
        self._n8n.knows(HAITECH_WEBHOOK_SECRET=self.secret)
        plain = {"host": "127.0.0.1", "port": mail_port, "secure": False, "disableStartTls": True}
        given = [
            ("haitechApiKey001", "httpHeaderAuth", {"name": "X-API-Key", "value": key["key"]}),
            ("haitechMail00001", "smtp", {**plain, "user": "", "password": ""}),
        ]
        credentials = scratch / "credentials.json"
        credentials.touch(mode=0o600)
        rows = [{"id": id, "name": id, "type": type_, "data": data} for id, type_, data in given]
        credentials.write_text(json.dumps(rows), encoding="utf-8")
        self._n8n.run("import:credentials", f"--input={credentials}")
        credentials.unlink()
        self._n8n.run("import:workflow", "--separate", f"--input={FOLDER / 'n8n'}")
        for workflow in (EVENTS, FORM):
            self._n8n.run("update:workflow", f"--id={workflow}", "--active=true")

    def all_three_are_there_as_they_were_given(self) -> None:
        out = json.loads(self._n8n.run("export:workflow", "--all"))
        there = {workflow["id"]: workflow for workflow in out}
        for given in map(read, N8N):
            assert there[given["id"]]["connections"] == given["connections"]

    def a_real_event_passes_and_the_meeting_is_read_back(self) -> None:
        day = time.strftime("%Y-%m-%d")
        query: dict[str, str | int] = {"status": "scheduled", "to": day, "limit": 1}
        meeting = self._admin.get("/meetings", params=query).json()["data"][0]["id"]
        self._act(f"/meetings/{meeting}/complete", {})
        found = self._delivered("meeting.completed")
        assert found["responseStatus"] == httpx.codes.NO_CONTENT, found
        assert self._read_back("/meetings/{id}"), "the API was not called back"

    def a_trial_event_passes(self) -> None:
        self._act(f"/webhooks/{self.webhook['id']}/test", None)
        assert self._delivered("webhook.test")["responseStatus"] == httpx.codes.NO_CONTENT

    def what_another_secret_signed_is_refused(self) -> None:
        assert self._sent(secret="x" * 40) == httpx.codes.UNAUTHORIZED

    def what_was_changed_on_the_way_is_refused(self) -> None:
        assert self._sent(change=(b"hello", b"hallo")) == httpx.codes.UNAUTHORIZED
        assert self._sent() == httpx.codes.NO_CONTENT

    def what_was_signed_at_another_time_is_refused(self) -> None:
        old = str(int(time.time()) - 400)
        assert self._sent(headers={"X-Webhook-Timestamp": old}) == httpx.codes.UNAUTHORIZED

    def what_is_not_signed_is_refused(self) -> None:
        assert self._sent(headers={"X-Webhook-Signature": ""}) == httpx.codes.UNAUTHORIZED

    def after_a_rotation_either_secret_passes(self) -> None:
        other = "y" * 40
        assert self._sent(secret=other, previous_secret=self.secret) == httpx.codes.NO_CONTENT
        assert self._sent(secret=self.secret, previous_secret=other) == httpx.codes.NO_CONTENT

    def an_enquiry_becomes_a_lead(self) -> None:
        fields = {"field-0": (None, "דנה לוי"), "field-1": (None, "050-765-4321")}
        rest = {f"field-{n}": (None, "") for n in range(2, 6)}
        posted = httpx.post(
            f"{self._n8n.url}/form/haitech-enquiry",
            files={**fields, **rest},
            headers=BROWSER,
            **ASKING,
        )
        assert posted.status_code == httpx.codes.OK, posted.text
        lead = until(lambda: self._lead("דנה לוי"), why="the lead is there")
        assert lead["source"] == "n8n form"

    def the_day_goes_out_by_mail(self) -> None:
        self._n8n.run("execute", f"--id={REPORT}")
        letter = until(lambda: self._letters.kept, why="the letter has come")[0]
        assert letter["Subject"].startswith("The school on "), letter["Subject"]
        assert "Not reported yet:" in letter.get_payload(decode=True).decode("utf-8")

    def _made(self, path: str, body: Mapping[str, Any]) -> Any:
        answer = self._admin.post(path, json=body)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return answer.json()["data"]

    def _act(self, path: str, body: Any) -> None:
        answer = self._admin.post(path, json=body)
        assert answer.is_success, answer.text

    def _delivered(self, type_: str) -> Any:
        """The first delivery of such an event that has an answer."""

        def found() -> Any:
            path = f"/webhooks/{self.webhook['id']}/deliveries"
            rows = self._admin.get(path, params={"limit": 100}).json()["data"]
            mine = [row for row in rows if row["eventType"] == type_ and row["tries"]]
            return mine[0]["tries"][-1] if mine else None

        return until(found, why=f"{type_} was delivered")

    def _read_back(self, route: str) -> bool:
        return any(
            line.get("route") == f"/api/v1{route}" and line["actor"].startswith("api_key:")
            for line in self._school.logged()
            if line.get("status") == httpx.codes.OK
        )

    def _lead(self, name: str) -> Any:
        rows = self._admin.get("/leads", params={"search": name}).json()["data"]
        return rows[0] if rows else None

    def _sent(
        self,
        *,
        change: tuple[bytes, bytes] = (b"", b""),
        headers: Mapping[str, str] | None = None,
        **secrets: str,
    ) -> int:
        """What n8n answers to an event that we sign and send by hand, as somebody else would."""
        id = f"evt_{time.monotonic_ns():032x}"
        data = {"webhookId": self.webhook["id"], "message": "hello — שלום"}
        content = {**CONTENT, "id": id, "type": "webhook.test", "data": data}
        given = {"secret": self.secret, **secrets}
        letter = signed(
            parcel(self._hook, content=content, event_name=id, event_type="webhook.test", **given),
            at=now(),
        )
        body = letter.body.replace(*change) if change[0] else letter.body
        return httpx.post(
            self._hook, content=body, headers={**letter.headers, **(headers or {})}, **ASKING
        ).status_code


def sentences(trial: Trial) -> Iterator[tuple[str, Callable[[], None]]]:
    """All that is tried, in the order in which it is written."""
    for name, what in vars(Trial).items():
        if not name.startswith("_") and name != "prepare" and callable(what):
            yield name.replace("_", " "), getattr(trial, name)


def main(arguments: list[str]) -> int:
    """Install, serve, import and try; 0 where all holds."""
    parser = argparse.ArgumentParser(prog="nox -s n8n --", description=__doc__)
    parser.add_argument("--installed", type=Path, help="a folder in which npm installs n8n, or has")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all others end, too
    failed = 0
    letters = Letters()
    mail = Controller(letters, hostname="127.0.0.1", port=free_port())
    with TemporaryDirectory() as scratch, programs(Path(scratch)) as start:
        folder = Path(scratch) / "n8n"
        folder.mkdir()
        command = installed((asked.installed or Path(scratch) / "npm").resolve())
        with embedded(Path(scratch) / "database", database="n8n") as database:
            n8n = N8n(command, folder, database)
            school = start("demo", env="dev", webhook_allow_hosts=f"127.0.0.1:{n8n.port}")
            until(school.answers, why="the demo school is served", patience=PATIENCE)
            n8n.knows(
                HAITECH_URL=school.base.removesuffix("/api/v1"),
                HAITECH_REPORT_FROM="school@example.com",
                HAITECH_REPORT_TO="head@example.com",
            )
            mail.start()
            try:
                with school.client(demo.EMAIL, demo.PASSWORD) as admin:
                    trial = Trial(school, admin, n8n, letters)
                    trial.prepare(mail.port, folder)
                    with n8n.serving():
                        for sentence, what in sentences(trial):
                            failed += not tried(sentence, what)
            finally:
                mail.stop()
    return 1 if failed else 0


def tried(sentence: str, what: Callable[[], None]) -> bool:
    """Whether it holds; it is said either way."""
    try:
        what()
    except (AssertionError, httpx.HTTPError) as error:
        print(f"FAILED  {sentence}: {error}", flush=True)
        return False
    print(f"holds   {sentence}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
