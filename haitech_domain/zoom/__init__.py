"""Sessions in Zoom: what Zoom tells of them, and what that says of meetings."""

from haitech_domain.zoom.event import (
    ENDED,
    RECORDED,
    STARTED,
    ZoomEvent,
    ZoomNews,
    room_number,
)
from haitech_domain.zoom.sessions import EARLY, note, taught_in

__all__ = [
    "EARLY",
    "ENDED",
    "RECORDED",
    "STARTED",
    "ZoomEvent",
    "ZoomNews",
    "note",
    "room_number",
    "taught_in",
]
