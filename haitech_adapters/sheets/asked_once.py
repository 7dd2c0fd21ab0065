"""A file that takes a refusal for an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO


class AskedOnce:
    """A file that is asked nothing more once it has refused.

    A `ZipFile` that could not be ended tries again when it is collected, where nobody can catch
    what that raises.
    """

    def __init__(self, to: BinaryIO) -> None:
        self._to = to
        self._refused = False

    def write(self, data: bytes) -> int:
        """Write. :raises OSError: once"""
        return self._asked(lambda: self._to.write(data))

    def flush(self) -> None:
        """Hand over. :raises OSError: once"""
        self._asked(self._to.flush)

    def tell(self) -> int:
        """Where it is. :raises OSError: it is a stream without places"""
        return 0 if self._refused else self._to.tell()

    def seek(self, place: int, whence: int = 0) -> int:
        """Go elsewhere. :raises OSError: it is a stream without places"""
        return 0 if self._refused else self._to.seek(place, whence)

    def _asked(self, question: Callable[[], int | None]) -> int:
        if self._refused:
            return 0
        try:
            return question() or 0
        except OSError:
            self._refused = True
            raise
