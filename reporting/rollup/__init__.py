"""Typed figures summed over the tree and over the year: the one place that computes totals."""

from reporting.rollup.basis import Basis, basis_for
from reporting.rollup.below import sums_below
from reporting.rollup.drift import Drift, DriftCause, drift
from reporting.rollup.lenses import THEN, Lens
from reporting.rollup.sources import Contribution, reports_within, sources_of
from reporting.rollup.tables import TotalCell, TotalsTable
from reporting.rollup.totals import cycle_totals, store_totals
from reporting.rollup.trend import Trend, trend
from reporting.rollup.years import year_to_date

__all__ = [
    "THEN",
    "Basis",
    "Contribution",
    "Drift",
    "DriftCause",
    "Lens",
    "TotalCell",
    "TotalsTable",
    "Trend",
    "basis_for",
    "cycle_totals",
    "drift",
    "reports_within",
    "sources_of",
    "store_totals",
    "sums_below",
    "trend",
    "year_to_date",
]
