"""The columns of the sheets that are filled in without a network, and what a second sheet works out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.roundtrip import Field, Layout, Place, Result
from core.xlsx import CELL_LIMIT
from reporting.answers import LARGEST
from reporting.choices import ValueKind
from reporting.expressions import Ground, Operand, as_formula
from reporting.models import Cycle, FormItem
from reporting.rules.filling import TEXT_LIMIT
from reporting.rules.forms import distinct_names
from reporting.selectors.layout import formula_of, layout_of, shape_of
from reporting.selectors.offline import OfflineReport, items_in_sheets

LINES_SHEET, TOWNSHIPS_SHEET = "填报表", "乡镇数据"
EXPLANATION_LIMIT = 300
EXPLAIN = "数值异常但属实的，写一句说明"


def _line_layout() -> Layout:
    return Layout(
        sheet=LINES_SHEET,
        fields=(
            Field(key="section", label="分节", is_editable=False, read=lambda line: line.item.section.name),
            Field(
                key="name", label="指标", is_editable=False, read=lambda line: line.indicator.name, width=32
            ),
            Field(
                key="unit", label="计量单位", is_editable=False, read=lambda line: line.indicator.unit_label
            ),
            Field(key="last", label="上期", kind="mixed", is_editable=False),
            Field(key="last_year", label="去年同期", kind="mixed", is_editable=False),
            Field(
                key="recorded", label="台账已计", kind="mixed", is_editable=False, hint="已自动计入，不用再填"
            ),
            Field(
                key="value",
                label="本期填报",
                kind="mixed",
                longest=TEXT_LIMIT * 5,
                width=40,
                hint="数据填数字，没有发生的填 0；台账已计的只填未入台账的补充数",
                words_of=lambda line: line.words,
                takes_several=lambda line: line.takes_several,
            ),
            Field(key="explanation", label="说明", longest=EXPLANATION_LIMIT, width=36, hint=EXPLAIN),
            Field(
                key="help",
                label="填报口径",
                is_editable=False,
                read=lambda line: line.item.help_text or line.indicator.definition,
                width=50,
            ),
        ),
        key=lambda line: line.key,
        name=lambda line: line.indicator.name,
    )


LINES = _line_layout()

_NAMES = (
    Field(
        key="code", label="行政区划代码", is_editable=False, read=lambda one: one.report.unit.division_code
    ),
    Field(
        key="unit", label="乡镇（街道）", is_editable=False, read=lambda one: one.report.unit.name, width=20
    ),
)
_RECORDED = Field(
    key="recorded",
    label="台账已自动计入（不用再填，只填未入台账的补充数）",
    is_editable=False,
    width=60,
    longest=CELL_LIMIT,
    read=lambda one: "；".join(f"{name} {number}" for name, number in one.recorded_words()),
)
#: Enough of the townships' sheet to learn by its keys which reports it is about.
TOWNSHIP_KEY = Layout(
    sheet=TOWNSHIPS_SHEET,
    fields=_NAMES,
    key=lambda one: str(one.report.pk),
    name=lambda one: one.report.unit.name,
)
_EXPLANATION_OF = "why."


def explanation_column(key: str) -> str:
    """The column of the townships' sheet that explains the figures of the item ``key``."""
    return f"{_EXPLANATION_OF}{key}"


def item_of_column(column: str) -> str:
    """The item that a column is of, its figure or its explanation."""
    return column.removeprefix(_EXPLANATION_OF)


def _township_field(item: FormItem, name: str) -> Field:
    indicator = item.indicator
    label = f"{name}（{indicator.unit_label}）" if indicator.unit_label else name
    hint = item.help_text or indicator.definition
    if indicator.is_numeric:
        return Field(
            key=indicator.key,
            label=label,
            kind="number",
            places=indicator.places,
            least=0,
            most=int(LARGEST),
            read=lambda one: one.value(item),
            hint=hint,
        )
    names = tuple(option.name for option in shape_of(item).options)
    return Field(
        key=indicator.key,
        label=label,
        kind="mixed",
        longest=TEXT_LIMIT * 5,
        width=30,
        read=lambda one: one.value(item),
        hint=hint,
        words_of=lambda one: names,
        takes_several=lambda one: indicator.value_kind == ValueKind.CHOICES,
    )


def _explanation_field(item: FormItem, name: str) -> Field:
    key = item.indicator.key
    return Field(
        key=explanation_column(key),
        label=f"说明：{name}",
        longest=EXPLANATION_LIMIT,
        width=24,
        read=lambda one: one.explanation(key),
        hint=EXPLAIN,
    )


def township_layout(cycle: Cycle, level: int) -> Layout:
    """A column an item, so that a block of figures can be pasted; the explanations stand together behind them."""
    items = items_in_sheets(layout_of(cycle.form_version), level)
    names = distinct_names(items)
    return Layout(
        sheet=TOWNSHIPS_SHEET,
        fields=(
            *_NAMES,
            *(_township_field(item, names[item.indicator.key]) for item in items),
            _RECORDED,
            *(
                _explanation_field(item, names[item.indicator.key])
                for item in items
                if item.indicator.is_numeric
            ),
        ),
        key=TOWNSHIP_KEY.key,
        name=TOWNSHIP_KEY.name,
    )


def results_of_lines(offline: OfflineReport) -> Callable[[Place], list[Result]]:
    """What the formulas of one report give, where each item has its row."""
    rows = {item.indicator.key: row for row, item in enumerate(offline.items, start=1)}

    def found(place: Place) -> list[Result]:
        operands = {
            key: _operand(place(row, "value"), place(row, "recorded") if key in offline.recorded else "")
            for key, row in rows.items()
            if key in offline.numeric_keys
        }
        return _results(offline, operands)

    return found


def results_of_townships(offlines: Sequence[OfflineReport]) -> Callable[[Place], list[Result]]:
    """What the formulas give for each township, where each has its row; the ledgers' part stands as a number, as the
    sheet tells it in words only."""

    def found(place: Place) -> list[Result]:
        return [
            result
            for row, offline in enumerate(offlines, start=1)
            for result in _results(
                offline,
                {
                    key: _operand(place(row, key), _known(offline, key))
                    for key in sorted(offline.numeric_keys)
                },
            )
        ]

    return found


def _known(offline: OfflineReport, key: str) -> str:
    return f"{offline.recorded[key]:f}" if key in offline.recorded else ""


def _operand(typed: str, recorded: str) -> Operand:
    """The whole figure: what is typed, on top of what the ledgers know; only the latter stands without the former."""
    return Operand(f"({typed}+{recorded})") if recorded else Operand(typed, filled=typed)


def _results(offline: OfflineReport, operands: Mapping[str, Operand]) -> list[Result]:
    layout = layout_of(offline.report.cycle.form_version)
    level = offline.report.level
    computed = layout.computed_at(level)
    entries = layout.completed(offline.entries(), level) if computed else {}
    ground = Ground(operands, {item.indicator.key for item in layout.owed_at(level)})
    return [
        Result(
            owner=offline.report.unit.name,
            name=item.indicator.name,
            unit=item.indicator.unit_label,
            said=layout.said(item),
            value=entries[item.indicator.key].value,
            formula=as_formula(
                formula_of(item),
                ground,
                scale=100 if item.indicator.value_kind == ValueKind.RATIO else 1,
                places=item.indicator.places,
            )
            or "",
        )
        for item in computed
    ]
