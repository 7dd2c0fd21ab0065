"""All that is done with exports, in one value."""

from __future__ import annotations

from typing import Self

import attrs

from haitech_domain.ports import Clock, UnitOfWork
from haitech_domain.use_cases.exports import (
    CancelExport,
    FetchExport,
    ForgetFiles,
    ListExports,
    ReadExport,
    RecoverExports,
)


@attrs.frozen(kw_only=True)
class ExportVerbs:
    """The use cases of exports."""

    read: ReadExport
    list: ListExports
    cancel: CancelExport
    fetch: FetchExport
    forget: ForgetFiles
    recover: RecoverExports

    @classmethod
    def of(cls, *, uow: UnitOfWork, clock: Clock) -> Self:
        """All of them over these ports."""
        return cls(
            read=ReadExport(uow=uow),
            list=ListExports(uow=uow),
            cancel=CancelExport(uow=uow, clock=clock),
            fetch=FetchExport(uow=uow, clock=clock),
            forget=ForgetFiles(uow=uow, clock=clock),
            recover=RecoverExports(uow=uow, clock=clock),
        )
