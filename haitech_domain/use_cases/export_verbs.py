"""All that is done with exports, in one value."""

from __future__ import annotations

from typing import Self

import attrs

from haitech_domain.ports import Clock, Ids, Sheets, Snapshots, Spool, UnitOfWork
from haitech_domain.use_cases.export_asking import AskForExport
from haitech_domain.use_cases.export_contents import ReadContents
from haitech_domain.use_cases.export_writing import WriteExport
from haitech_domain.use_cases.exports import (
    CancelExport,
    FetchExport,
    ForgetFiles,
    ListExports,
    ReadExport,
    RecoverExports,
)
from haitech_domain.use_cases.reports import ReportCycleProgress
from haitech_domain.use_cases.school import School


@attrs.frozen(kw_only=True)
class ExportVerbs:
    """The use cases of exports."""

    ask: AskForExport
    write: WriteExport
    read: ReadExport
    list: ListExports
    cancel: CancelExport
    fetch: FetchExport
    forget: ForgetFiles
    recover: RecoverExports

    @classmethod
    def of(
        cls,
        *,
        uow: UnitOfWork,
        clock: Clock,
        ids: Ids,
        snapshots: Snapshots,
        sheets: Sheets,
        spool: Spool,
        school: School,
    ) -> Self:
        """All of them over these ports."""
        progress = ReportCycleProgress(uow=uow, school=school)
        return cls(
            ask=AskForExport(uow=uow, clock=clock, ids=ids, sheets=sheets),
            write=WriteExport(
                uow=uow,
                clock=clock,
                ids=ids,
                snapshots=snapshots,
                spool=spool,
                read=ReadContents(cycle_progress=progress),
            ),
            read=ReadExport(uow=uow),
            list=ListExports(uow=uow),
            cancel=CancelExport(uow=uow, clock=clock),
            fetch=FetchExport(uow=uow, clock=clock),
            forget=ForgetFiles(uow=uow, clock=clock),
            recover=RecoverExports(uow=uow, clock=clock),
        )
