"""The audit log: who changed what, and when."""

from haitech_domain.audit.entry import AuditEntry

__all__ = ["AuditEntry"]
