"""The secrets that a machine makes for itself: one for all who start at once, and never half of one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from haitech_app.secrets_file import kept_secret


def test_all_who_start_at_once_have_the_same_secret(tmp_path):
    for number in range(20):
        together = threading.Barrier(8)

        def start(path=tmp_path / f"secret-{number}", together=together):
            together.wait()
            return kept_secret(path)

        with ThreadPoolExecutor(8) as threads:
            made = {start.result() for start in [threads.submit(start) for _ in range(8)]}
        assert len(made) == 1
        assert len(made.pop()) >= 32
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted(f"secret-{number}" for number in range(20))


def test_a_secret_that_was_cut_short_is_made_anew(tmp_path):
    path = tmp_path / "secret"
    path.touch()
    made = kept_secret(path)
    assert len(made) >= 32
    assert kept_secret(path) == made
    assert path.stat().st_mode & 0o077 == 0
