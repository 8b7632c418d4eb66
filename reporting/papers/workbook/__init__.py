"""The month's workbook: cover and eleven tables as styled sheets."""

from reporting.papers.workbook.writing import write_workbook

__all__ = ["write_workbook"]
