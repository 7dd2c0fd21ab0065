"""The audit log: who changed what, and when."""

from haitech_domain.audit.entry import Audited, AuditEntry

__all__ = ["AuditEntry", "Audited"]
