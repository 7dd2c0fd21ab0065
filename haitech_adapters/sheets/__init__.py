"""Tables as files: CSV and XLSX in streams of rows, HTML for people to read and print."""

from haitech_adapters.sheets.csv_sheet import CsvSheet
from haitech_adapters.sheets.files import SheetFiles
from haitech_adapters.sheets.html_sheet import HtmlSheet
from haitech_adapters.sheets.xlsx_sheet import XlsxSheet

__all__ = ["CsvSheet", "HtmlSheet", "SheetFiles", "XlsxSheet"]
