"""What is done with a clone: try it (`demo`), prove it (`tests`), keep it in order.

`nox -s NAME` makes a fresh virtual environment with the versions of constraints.txt, as CI does;
`nox -R -s NAME` runs again in the one that is there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "typecheck", "tests"]
nox.options.default_venv_backend = "virtualenv"  # the same everywhere, with uv at hand or not
nox.options.error_on_missing_interpreters = True

PACKAGES = ("haitech_domain", "haitech_adapters", "haitech_app")
IN_PROCESSES = ("-n", "3", "--dist", "worksteal")
"""A third process for two cores: journeys wait for programs of their own."""
NOT_ASKED = 75
"""How tests/security/advisories.py ends where nobody could be asked."""
AS_DEPLOYED = ("server", "embedded", "testing")
"""What a deployed server has, and what measures it: a library of `dev` is loaded by whoever finds it."""
GATES = (
    ("the domain", 100, "--include=haitech_domain/*", "--omit=haitech_domain/testing/*"),
    ("the rest", 90, "--include=haitech_adapters/*,haitech_app/*,haitech_domain/testing/*"),
)
"""Coverage of lines and branches together: what, percent, which files."""


@nox.session
def demo(session: nox.Session) -> None:
    """Run a demo school on http://127.0.0.1:8000; Ctrl-C ends it."""
    install(session, "server", "embedded")
    session.log("starting: a private PostgreSQL, a school of synthetic data, then the server")
    program = [str(Path(session.bin) / "haitech"), "demo", *session.posargs]
    if sys.platform == "win32":
        session.run(*program)
        return
    # The program takes nox's place, so that Ctrl-C and SIGTERM reach it and nothing cuts its
    # orderly stop short.
    environment = {
        **os.environ,
        **{name: value for name, value in session.env.items() if value is not None},
        "PATH": os.pathsep.join((session.bin, os.environ.get("PATH", os.defpath))),
    }
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(program[0], program, environment)  # noqa: S606  # our own program, no shell wanted


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests; `-- ARGS` go to pytest. Nothing is measured: see `coverage`."""
    prepare_for_tests(session)
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    session.log("running all tests in three processes; a few minutes")
    session.run("pytest", *IN_PROCESSES)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests whose lines can be measured, and hold coverage to its gates."""
    prepare_for_tests(session)
    session.log(
        "left out: journeys that start programs, whose lines run elsewhere (mark `program`)"
    )
    session.run("coverage", "erase")
    measured = ("-m", "not program", "--cov", "--cov-report=", "-p", "no:cacheprovider")
    session.run("pytest", *IN_PROCESSES, *measured, env={"HYPOTHESIS_PROFILE": "quick"})
    for what, percent, *_ in GATES:
        session.log(f"the gate of {what}: {percent} % of lines and branches")
    all_of(
        session,
        *(("coverage", "report", f"--fail-under={least}", *files) for _, least, *files in GATES),
    )


@nox.session
def fuzz(session: nox.Session) -> None:
    """Throw schemathesis at a served demo school, as every role; `-- ARGS` go to schemathesis.

    `nox -s fuzz -- --max-examples 100` looks longer, `-- --as manager` as one caller only,
    `-- --include-path-regex meetings` at less.
    """
    install(session, "fuzz")
    session.log("serving a demo school and calling it as instructor, API key, manager and admin")
    session.run("python", "-m", "tests.fuzz.served", *session.posargs)


@nox.session
def parsers(session: nox.Session) -> None:
    """Fuzz every parser of what strangers send, guided by coverage (atheris); quadratic ones fail, too.

    Twenty seconds for each; `nox -s parsers -- --seconds 300 --only cursors` looks longer at fewer.
    """
    install(session, "parsers")
    session.log("some forty parsers, twenty seconds each")
    session.run("python", "-m", "tests.fuzz.parsers", *session.posargs)


@nox.session
def drills(session: nox.Session) -> None:
    """Kill, restart, fill and race the real parts under load, and print what was lost and doubled: nothing.

    One table in the end has a line for every fault; HAITECH_DRILL=0.1 does a tenth of everything.
    `nox -s drills -- api-killed full-pool` runs two of them; a name that is none is answered with all names.
    """
    install(session, "server", "embedded", "testing", "dev")
    session.log("half an hour or more: races, kills, restarts, a storm, a million rows of exports")
    session.run("python", "-m", "tests.drills", *session.posargs)


@nox.session
def load(session: nox.Session) -> None:
    """Drive the program beside a bare reference, and print a table of figures and goals.

    Two or three minutes on a quiet machine; `nox -s load -- --help` names what can be made shorter.
    """
    install(session, *AS_DEPLOYED)
    session.run("python", "-m", "tests.load", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what planning, revenue, pay and splitting cost; `-- ARGS` go to pytest."""
    install(session, "server", "embedded", "testing", "dev")
    collected = ("-o", "python_files=bench_*.py", "-o", "python_functions=bench_*")
    columns = "--benchmark-columns=min,median,ops,rounds"
    session.run("pytest", *collected, columns, *session.posargs, "tests/bench")


@nox.session
def n8n(session: nox.Session) -> None:
    """Import the templates for n8n into a real one, and send it events of a served demo school.

    npm installs n8n 1.123, some minutes and 2 GB; `nox -s n8n -- --installed FOLDER` keeps it there,
    and takes it from there the next time.
    """
    install(session, "server", "embedded", "testing", "dev")
    session.log("n8n comes by npm; then a demo school talks to it, with signatures right and wrong")
    session.run("python", "-m", "tests.integrations.real_n8n", *session.posargs)


@nox.session
def machine(session: nox.Session) -> None:
    """Play the verbs in any order beside a school on paper, for long: every figure agrees.

    `nox -s machine -- --examples 20000` plays more, `-- --on postgres` on a real PostgreSQL.
    """
    install(session, "server", "embedded", "testing", "dev")
    session.run("python", "-m", "tests.machine", *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the domain in one place at a time, and see how often a test fails: 90 % or more.

    It ends after 100 minutes, with what was tried by then; `-- --minutes 0` tries all, `-- --module cycle` one
    room of it, `-- --sample 1500 --seed 1` some of all, `-- --since main` what was changed. The next run goes on
    with what is left; `-- --fresh` begins anew.
    """
    install(session, "server", "embedded", "testing", "dev")
    session.run("python", "-m", "tests.mutation", *session.posargs)


@nox.session
def year(session: nox.Session) -> None:
    """Play a school year of 200 cycles on a real PostgreSQL, and count everything once more.

    `nox -s year -- --small` plays a few weeks of a few cycles, `-- --seed 1` that year again.
    """
    install(session, "server", "embedded", "testing", "dev")
    session.log("ten months of a school through its verbs, eight at once: a few minutes")
    session.run("python", "-m", "tests.drills.year", *session.posargs)


@nox.session
def growing(session: nox.Session) -> None:
    """Ask one, two and three servers for the same, and put a million rows into one table and into months.

    `nox -s growing -- 100000` takes fewer rows.
    """
    install(session, "server", "embedded", "testing", "dev")
    session.log("some minutes; how many requests depends on what else the machine does")
    session.run("python", "-m", "tests.drills.growing", *session.posargs)


@nox.session
def rolling(session: nox.Session) -> None:
    """Restart servers behind nginx one after the other, under requests: every one is answered well."""
    install(session, "server", "embedded", "testing", "dev")
    session.run("python", "-m", "tests.drills.rolling")


@nox.session
def image(session: nox.Session) -> None:
    """Run the lines of the Dockerfile in roots of their own, without Docker, and ask for its health.

    It needs root, for file systems of its own, and says so where it is skipped.
    """
    install(session, "server", "embedded", "testing", "dev")
    session.log("builds a wheel and installs it with its libraries, serves, works; a minute or two")
    session.run("python", "-m", "tests.deployment.image")


@nox.session
def deployment(session: nox.Session) -> None:
    """Have the programs that will read the files of a deployment read them, and a linter the migrations."""
    install(session, "deploy")
    example = ("--env-file", "deploy/example.env")
    checks = (
        ("hadolint", "Dockerfile"),
        ("docker-compose", *example, "--profile", "*", "config", "--quiet"),
        (
            "kubernetes-validate",
            "--strict",
            *map(str, sorted(Path("deploy/kubernetes").glob("*.yaml"))),
        ),
        ("python", "-m", "tests.deployment.migrations"),
    )
    all_of(session, *checks)


@nox.session
def docs(session: nox.Session) -> None:
    """Make the site of docs/ in `site/`, strictly: a link to nothing fails, as does the network."""
    install(session, "docs")
    strictly = ("--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env", "--quiet")
    session.run("sphinx-build", *strictly, "-b", "html", "docs", "site")
    session.run("python", "-m", "tests.docs.offline", "site")
    session.log("open site/index.html; `nox -R -s tests -- tests/docs` runs what the pages say")


@nox.session
def reports(session: nox.Session) -> None:
    """Ask for every report over a million completed meetings, and write a CSV of a million rows, by goals.

    `nox -s reports -- 100000` makes fewer; HAITECH_REPORTS=FOLDER keeps the school for the next time.
    """
    install(session, *AS_DEPLOYED)
    session.log("a million meetings and four million marks are made first: five minutes or more")
    session.run("python", "-m", "tests.drills.reports", *session.posargs)


@nox.session
def growth(session: nox.Session) -> None:
    """Put every list and single read to schools of 10⁴, 10⁵ and 10⁶ meetings, and print what each costs.

    `nox -s growth -- 1000 10000 100000` takes smaller ones; HAITECH_GROWTH=FOLDER keeps the schools for
    the next time.
    """
    install(session, *AS_DEPLOYED)
    session.log("a million meetings and four million marks are made first: ten minutes in all")
    session.run("python", "-m", "tests.growth", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, the rules of import and the declared dependencies."""
    install(session, "dev")
    checks = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("lint-imports",),
        ("deptry", "."),
    )
    all_of(session, *checks)


@nox.session
def security(session: nox.Session) -> None:
    """Look for weaknesses in the three packages (bandit), and for secrets in all files.

    `python -m tests.security.secrets --accept` lists what looks like a secret and is none.
    """
    install(session, "security")
    checks = (
        ("bandit", "--configfile", "pyproject.toml", "--quiet", "--recursive", *PACKAGES),
        ("python", "-m", "tests.security.secrets"),
    )
    all_of(session, *checks)


@nox.session
def audit(session: nox.Session) -> None:
    """Ask whether weaknesses are known of the libraries that CI runs; needs the internet.

    Where no database of advisories can be asked the session is skipped, and says so; in CI it fails.
    """
    install(session, "security")
    try:
        session.run("python", "-m", "tests.security.advisories")
    except CommandFailed as failed:
        if os.environ.get("CI") or f"code {NOT_ASKED}" not in str(failed):
            raise
        session.skip("NOT AUDITED: the databases of advisories cannot be reached from here")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check types: the packages strictly, the tests without demanding annotations."""
    install(session, "dev")
    session.run("mypy")


def prepare_for_tests(session: nox.Session) -> None:
    """All that tests need. What Python compiles of the clone is kept, whatever the user prefers:

    else every process of the tests would compile it anew, and they start some dozens.
    """
    install(session, "server", "embedded", "testing", "dev")
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    session.run("python", "-m", "compileall", "-q", "-j", "0", *PACKAGES, silent=True)


def all_of(session: nox.Session, *commands: tuple[str, ...]) -> None:
    """Run every command, also after one has failed; fail at the end if any did."""
    failed = []
    for command in commands:
        try:
            session.run(*command)
        except CommandFailed:
            failed.append(" ".join(command))
    if failed:
        session.error("failed: " + "; ".join(failed))


def install(session: nox.Session, *extras: str) -> None:
    """Install the clone, editable, with the versions that CI ran.

    Where those cannot be had (a newer Python, say), a developer gets the newest that fit, and is
    told so; CI fails.
    """
    project = f".[{','.join(extras)}]"
    session.log(
        "installing the project and its libraries; a minute or two the first time, none with -R"
    )
    try:
        session.install("-c", "constraints.txt", "-e", project)
    except CommandFailed:
        if os.environ.get("CI"):
            raise
        session.warn("the versions of constraints.txt cannot be had here: trying the newest")
        session.install("-e", project)
