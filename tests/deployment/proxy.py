"""A real nginx before servers of a test, by the files that we ship."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from tests.journeys.program import free_port, takes_connections, until

FILES = Path(__file__).resolve().parents[2] / "deploy" / "nginx"
WHOLE = """
{user}
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


@attrs.frozen(kw_only=True)
class Proxy:
    """A running nginx: its two ports, and what it logged."""

    folder: Path
    clear: int
    tls: int

    def logged(self) -> str:
        return (self.folder / "access.log").read_text("utf-8")


def program() -> str:
    """nginx; a machine without it skips the test."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        pytest.skip("the program nginx is not here")
    return found


def configured(folder: Path, servers: Sequence[int]) -> Proxy:
    """Our files in a folder, with ports, certificates and servers of the test's own."""
    proxy = Proxy(folder=folder, clear=free_port(), tls=free_port())
    (folder / "conf.d").mkdir()
    site = (FILES / "haitech.conf").read_text("utf-8")
    site = re.sub(r"\n *listen \[::\].*", "", site)
    site = site.replace("listen 80 ", f"listen 127.0.0.1:{proxy.clear} ")
    site = site.replace("listen 443 ", f"listen 127.0.0.1:{proxy.tls} ")
    site = site.replace("/var/log/nginx", str(folder))
    site = site.replace("/etc/nginx/tls/fullchain.pem", str(folder / "cert"))
    site = site.replace("/etc/nginx/tls/privkey.pem", str(folder / "key"))
    upstream = (FILES / "upstream.conf").read_text("utf-8")
    for shown, used in zip((8001, 8002), servers, strict=True):
        upstream = upstream.replace(f"127.0.0.1:{shown}", f"127.0.0.1:{used}")
    (folder / "conf.d" / "haitech.conf").write_text(site, "utf-8")
    (folder / "conf.d" / "upstream.conf").write_text(upstream, "utf-8")
    # as root, it would become somebody who cannot enter the test's folder
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(WHOLE.format(folder=folder, user=user), "utf-8")
    return proxy


@contextmanager
def proxied(folder: Path, servers: Sequence[int]) -> Iterator[Proxy]:
    """nginx before the servers, after its own check of the files."""
    proxy = configured(folder, servers)
    command = [program(), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    said = (folder / "error.log").read_text("utf-8")
    assert "[emerg]" not in said
    running = subprocess.Popen(command)
    try:
        until(lambda: takes_connections(proxy.tls), why="nginx listens")
        yield proxy
    finally:
        running.terminate()
        running.wait(20)
