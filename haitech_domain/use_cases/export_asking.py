"""Asking for a report as a file: it is written in the background, and fetched when it is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from haitech_domain.access import Action, Actor, Forbidden, Resource, grant
from haitech_domain.change import Change
from haitech_domain.export import (
    LANE,
    MOST_UNDER_WAY,
    WRITE,
    Export,
    ExportFormat,
    ReportName,
    TooManyExports,
)
from haitech_domain.ids import ExportId, JobId
from haitech_domain.ports import Clock, Ids, Job, Sheets, Transaction, UnitOfWork
from haitech_domain.reports import FileFormat, Language
from haitech_domain.saved_view import Filters
from haitech_domain.use_cases.export_contents import Question


@attrs.frozen(kw_only=True)
class AskForExport:
    """Have a report written to a file. The answer says where to look at its progress.

    The file is kept for seven days. It says what the report says at the moment at which writing
    begins, however long that takes. Of one caller's exports ten may be under way.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    sheets: Sheets

    async def __call__(
        self,
        *,
        actor: Actor,
        report: ReportName,
        asked: Mapping[str, Any],
        format: ExportFormat = ExportFormat.XLSX,
        language: Language = Language.HEBREW,
    ) -> Export:
        """The export, which waits to be written. `asked` is the report's question, by its fields.

        :raises Forbidden: the actor may not read reports
        :raises Invalid: the report has no such question
        :raises TooManyExports: ten of the actor's are under way
        """
        grant(actor, Action.READ, Resource.REPORTS)
        if actor.id is None:  # nobody would fetch it
            raise Forbidden("the program itself", Action.READ, Resource.REPORTS)
        question = Question.of(report, asked)
        at, id, owner = self.clock.now(), ExportId(self.ids.new()), actor.id
        export = Export(
            id=id,
            created_at=at,
            updated_at=at,
            owner_id=owner,
            report=report,
            format=format,
            language=language,
            filters=Filters.of(question.written()),
            file_name=self.sheets.file_name(FileFormat(format), question.heading(language)),
        )
        job = Job(id=JobId(id), kind=WRITE, lane=LANE, due_at=at, facts={"export": str(id)})

        async def work(tx: Transaction) -> Export:
            if await tx.exports.under_way(owner) >= MOST_UNDER_WAY:
                raise TooManyExports
            await tx.exports.save(Change.created(export))
            await tx.jobs.put(job)
            return export

        return await self.uow.run(actor, work)
