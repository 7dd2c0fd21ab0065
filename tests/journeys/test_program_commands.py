"""`haitech migrate`, `haitech admin create`, and what every command says when it cannot go on.

Each kind of end is seen once from outside (`run`); the rest is called in this process (`call`).
"""

from __future__ import annotations

import json

import psycopg
import pytest

from haitech_app.testing import databases
from tests.journeys.command import call
from tests.journeys.legacy_files import cycle, meeting, write_export
from tests.journeys.program import EMAIL, PASSWORD, EmbeddedServer, as_url, free_port, run

pytestmark = pytest.mark.postgres

COMMANDS = {
    "serve": ("serve",),
    "worker": ("worker",),
    "migrate": ("migrate",),
    "admin create": ("admin", "create", "--email", EMAIL),
    "import legacy": ("import", "legacy", "--cycles", "cycles.csv", "--meetings", "meetings.csv"),
}


def new_database(**how):
    return as_url(databases.new_database(**how))


def rows(url, sql):
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()


def an_export(folder):
    write_export(folder, [cycle()], [meeting()])


def complaint(ended, status=1):
    """What a command that cannot go on says besides its log: no traceback, no secret."""
    assert ended.returncode == status, ended.stderr[-500:]
    assert "Traceback" not in ended.stderr
    assert PASSWORD not in ended.stderr + ended.stdout
    return "\n".join(x for x in ended.stderr.splitlines() if not x.startswith("{"))


def test_migrating_twice_makes_the_schema_once_and_stops_its_database(folder):
    """`haitech migrate` says from where to where; again it changes nothing."""
    first, second = run(folder, "migrate"), call(folder, "migrate")
    assert first.returncode == 0, first.stderr[-500:]
    assert second.returncode == 0, second.stderr[-500:]
    head = first.stdout.removeprefix("database: empty -> ").strip()
    assert second.stdout == f"database: {head} -> {head}\n"
    assert EmbeddedServer(folder / "data" / "postgres").pid() is None


def test_an_administrator_is_made_once(folder):
    """A second one of the same address is refused in one clear line, status 1."""
    url = new_database()
    create = ("admin", "create", "--email", " Admin@School.example ", "--name", "דנה")
    made = run(folder, *create, admin_password=PASSWORD, database_url=url)
    assert (made.returncode, made.stdout) == (0, f"administrator {EMAIL} created\n")
    assert rows(url, "SELECT email, name, role FROM users") == [(EMAIL, "דנה", "admin")]
    again = call(folder, *create, admin_password=PASSWORD, database_url=url)
    said = complaint(again)
    assert len(said.splitlines()) == 1
    assert "email" in said
    assert rows(url, "SELECT count(*) FROM users") == [(1,)]
    assert PASSWORD not in str(rows(url, "SELECT password_hash FROM users"))
    assert PASSWORD not in str(rows(url, "SELECT new FROM audit_log"))


def test_the_password_of_an_administrator_is_asked_for_where_none_is_set(folder):
    """Nobody has to put a password on a command line."""
    url = new_database()
    create = ("admin", "create", "--email", EMAIL)
    made = call(folder, *create, stdin=f"{PASSWORD}\n{PASSWORD}\n", database_url=url)
    assert made.returncode == 0, made.stderr[-500:]
    assert PASSWORD not in made.stdout + made.stderr
    assert rows(url, "SELECT count(*) FROM users") == [(1,)]


@pytest.mark.parametrize(
    ("email", "password", "word"),
    [(EMAIL, "short", "password"), ("nobody", PASSWORD, "email"), (EMAIL, "x" * 2000, "password")],
)
def test_an_administrator_without_a_fit_password_or_address_is_refused(
    folder, email, password, word
):
    """The message names what is wrong; nobody is made."""
    url = new_database()
    ended = call(
        folder, "admin", "create", "--email", email, admin_password=password, database_url=url
    )
    said = complaint(ended)
    assert word in said.lower()
    assert password not in said
    assert rows(url, "SELECT count(*) FROM users") == [(0,)]


@pytest.mark.parametrize(("how", "command"), [(run, "serve"), (call, "import legacy")])
def test_wrong_settings_are_all_listed_at_once(folder, how, command):
    """Each problem is a line that names its variable; status 1, and nothing is started."""
    an_export(folder)
    ended = how(
        folder,
        *COMMANDS[command],
        port="eighty",
        workers=0,
        employer_factor="free",
        rest_days="sunday,funday",
        database_url="mysql://me:hunter2@db/x",
        admin_password=PASSWORD,
    )
    said = complaint(ended).splitlines()
    assert {line.split()[0] for line in said} == {
        "HAITECH_PORT",
        "HAITECH_WORKERS",
        "HAITECH_EMPLOYER_FACTOR",
        "HAITECH_REST_DAYS",
        "HAITECH_DATABASE_URL",
    }
    assert "hunter2" not in ended.stderr
    assert not (folder / "data").exists()


def test_in_production_missing_and_weak_secrets_stop_the_start(folder):
    """HAITECH_ENV=prod: a missing or weak secret stops the start with a clear message."""
    missing = complaint(run(folder, "serve", env="prod"))
    assert "HAITECH_JWT_SECRET is required" in missing
    assert "HAITECH_DATABASE_URL is required" in missing
    url = new_database()
    weak = complaint(call(folder, "serve", env="prod", jwt_secret="secret", database_url=url))
    assert "HAITECH_JWT_SECRET is too weak" in weak
    assert not (folder / "data").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_does_not_answer_is_said_in_a_line(folder, command):
    """Neither a traceback nor the password of the address."""
    nowhere = f"postgresql://admin:hunter2@127.0.0.1:{free_port()}/school"
    an_export(folder)
    ended = call(
        folder,
        *COMMANDS[command],
        port=free_port(),
        database_url=nowhere,
        admin_password=PASSWORD,
    )
    said = complaint(ended)
    assert "database" in said
    assert "hunter2" not in said
    assert len(said.splitlines()) == 1


def test_a_database_that_was_not_migrated_is_not_served(folder):
    """Outside of development `haitech migrate` is a step of its own, and the message says so."""
    url = new_database(migrated=False)
    for command in ("serve", "admin create"):
        ended = call(
            folder,
            *COMMANDS[command],
            env="staging",
            port=free_port(),
            database_url=url,
            admin_password=PASSWORD,
        )
        assert "run `haitech migrate` first" in complaint(ended)
    assert rows(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_data_directory_that_cannot_be_written_is_said_in_a_line(folder):
    """A file where the folder should be."""
    (folder / "data").write_text("a file")
    ended = call(folder, "migrate")
    assert str(folder / "data") in complaint(ended)


def test_an_address_that_is_not_this_machines_is_said_in_a_line(folder):
    """`cannot listen on` names address and port."""
    ended = call(folder, "serve", "--host", "192.0.2.1", port=free_port())
    assert "cannot listen on 192.0.2.1" in complaint(ended)


def test_the_document_of_the_api_is_written_without_a_database(folder):
    """`haitech openapi` needs no settings, starts nothing and leaves nothing behind."""
    told = run(folder, "openapi", env="prod")
    assert told.returncode == 0, told.stderr
    document = json.loads(told.stdout)
    assert document["openapi"] == "3.1.0"
    assert "/api/v1/cycles/{id}" in document["paths"]
    assert not (folder / "data").exists()

    written = call(folder, "openapi", "--output", "api.json")
    assert written.returncode == 0, written.stderr
    assert json.loads((folder / "api.json").read_text("utf-8")) == document

    older = json.loads(call(folder, "openapi", "--version", "3.0").stdout)
    assert older["openapi"] == "3.0.3"
    assert older["paths"].keys() == document["paths"].keys()


def test_a_document_that_cannot_be_written_is_said_in_a_line(folder):
    ended = call(folder, "openapi", "--output", "no/such/folder/api.json")
    assert (
        complaint(ended, status=2)
        == "no/such/folder/api.json cannot be written: No such file or directory"
    )
