"""What is said below a table: which figures these are, and why a cell is empty."""

from __future__ import annotations

from core import formats
from reporting.filters.boards import NOW_WORDS
from reporting.pivot import adding
from reporting.pivot.table import Pivot
from reporting.rollup import Basis, basis_for


def basis_words(pivot: Pivot) -> list[str]:
    """Official or live, by which tree, where a series breaks, what could not be found."""
    told = [_bases(pivot), f"{tree_words(pivot)}“合计”是所列单位之和，不含上级本级。"]
    if any(not one.is_reported for one in pivot.indicators):
        told.append("台账指标按统计期末计算；统计期未结束的，暂无数据。")
        if pivot.question.is_now:
            told.append("台账指标已按现行区划逐期重新计算，不是原数相加。")
    if pivot.measurer.amounts.stale:
        told.append("带 * 的期末数含沿用前期上报数的单位。")
    told += [
        f"“{change.indicator.name}”自{formats.month(change.period)}起口径调整（{change.new or change.old}），前后不可比。"
        for change in pivot.changes
    ]
    if pivot.places.unknown:
        told.append(f"没有找到单位：{'、'.join(pivot.places.unknown)}。")
    return told


def tree_words(pivot: Pivot) -> str:
    """By which tree units and figures are told."""
    if pivot.question.is_now:
        return f"{NOW_WORDS}没有数据的撤销单位不列。"
    return "单位和隶属关系按各期当时的区划；"


def _bases(pivot: Pivot) -> str:
    official = [one for one in pivot.cycles if basis_for(one) == Basis.OFFICIAL]
    live = [one for one in pivot.cycles if basis_for(one) == Basis.LIVE]
    words = []
    if official:
        words.append(f"截至{official[-1].label}为审定数")
    if live:
        words.append(f"{'、'.join(one.label for one in live)}为实时数，随审核变动")
    return "，".join(words) + "。"


class Reasons:
    """Numbers for the reasons that empty cells give, in the order in which they come."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, reason: str) -> int:
        """0 for what needs no word: nothing was reported."""
        if not reason or reason == adding.NOT_REPORTED:
            return 0
        return self.known.setdefault(reason, len(self.known) + 1)

    def listed(self) -> list[tuple[int, str]]:
        return [(number, reason) for reason, number in self.known.items()]
