"""Where files grow until they are whole: folders on the local disk."""

from haitech_adapters.spool.disk import DiskSpool

__all__ = ["DiskSpool"]
