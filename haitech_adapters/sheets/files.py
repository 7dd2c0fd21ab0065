"""Which form is written by what, and how the file is called."""

from __future__ import annotations

import asyncio
import io
from typing import BinaryIO, assert_never

from haitech_adapters.sheets.csv_sheet import CsvSheet
from haitech_adapters.sheets.html_sheet import HtmlSheet
from haitech_adapters.sheets.wording import Words
from haitech_domain.ports import SheetWriter
from haitech_domain.reports import FileFormat, Heading, Table


class SheetFiles:
    """The port `Sheets`, by this package's writers."""

    def begin(self, format: FileFormat, to: BinaryIO, heading: Heading) -> SheetWriter:
        """Begin a table in a file that is open for writing."""
        match format:
            case FileFormat.CSV:
                return CsvSheet(to, heading)
            case FileFormat.XLSX:
                from haitech_adapters.sheets.xlsx_sheet import XlsxSheet  # noqa: PLC0415  # a library for those who export

                return XlsxSheet(to, heading)
            case FileFormat.HTML:
                return HtmlSheet(to, heading)
            case never:
                assert_never(never)

    async def written(self, format: FileFormat, heading: Heading, table: Table) -> bytes:
        """A table at once, made in a thread."""
        return await asyncio.to_thread(self._whole, format, heading, table)

    def file_name(self, format: FileFormat, heading: Heading) -> str:
        """The title and the days that are counted: `דוח הכנסות 2026-01-01 – 2026-01-31.csv`."""
        days = [day.isoformat() for day in (heading.first, heading.last) if day is not None]
        name = " ".join([Words(heading.language).report(heading.name), " – ".join(days)]).strip()
        return f"{name}.{format}"

    def _whole(self, format: FileFormat, heading: Heading, table: Table) -> bytes:
        whole = heading.row_count in {None, len(table.rows)}
        file = io.BytesIO()
        with self.begin(format, file, heading) as sheet:
            sheet.rows(table.rows)
            sheet.end(table.totals if whole or format is FileFormat.HTML else None)
        return file.getvalue()
