"""Exploration: statistics of the texts and of their words, and the report that shows them."""

from __future__ import annotations

from malgil.eda.data import ReportData
from malgil.eda.gather import Words, gather
from malgil.eda.report import report_html, write_report
from malgil.eda.statistics import Partial, Statistics, explore, finish, merge, partial

__all__ = [
    "Partial",
    "ReportData",
    "Statistics",
    "Words",
    "explore",
    "finish",
    "gather",
    "merge",
    "partial",
    "report_html",
    "write_report",
]
