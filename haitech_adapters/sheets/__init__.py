"""Tables as files: CSV and XLSX in streams of rows, HTML for people to read and print."""

from haitech_adapters.sheets.csv_sheet import CsvSheet
from haitech_adapters.sheets.files import SheetFiles
from haitech_adapters.sheets.html_sheet import HtmlSheet

__all__ = ["CsvSheet", "HtmlSheet", "SheetFiles"]
