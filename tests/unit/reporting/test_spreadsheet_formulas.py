"""Formulas of the form in the language of spreadsheets."""

from __future__ import annotations

import pytest

from reporting.expressions import Ground, Operand, as_formula, read

GROUND = Ground(
    operands={"a": Operand("A1", filled="A1"), "b": Operand("B1", filled="B1"), "c": Operand("(C1+7)")},
    owed={"a", "b", "c", "table"},
)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("a / b", 'IF(OR(A1="",B1=""),"—",IFERROR(ROUND((A1/B1),2),"—"))'),
        ("a - (b - 1.50)", 'IF(OR(A1="",B1=""),"—",IFERROR(ROUND((A1-(B1-1.5)),2),"—"))'),
        ("c", 'IFERROR(ROUND((C1+7),2),"—")'),
        ("sum(a, elsewhere)", 'IF(OR(A1=""),"—",IFERROR(ROUND((A1),2),"—"))'),
        ("max(a, -b)", 'IF(OR(A1="",B1=""),"—",IFERROR(ROUND(MAX(A1,(-B1)),2),"—"))'),
        ("a + elsewhere", None),
        ("sum(a, table.heads)", None),
        ("sum(elsewhere)", None),
        ("a * rows(table)", None),
        ("a - last(a)", None),
        ("a < b", None),
    ],
)
def test_formula_says_what_the_sheet_can_work_out(text: str, formula: str | None) -> None:
    assert as_formula(read(text), GROUND) == formula


def test_ratio_is_a_percentage_of_two_decimals() -> None:
    assert (
        as_formula(read("a / c"), GROUND, scale=100)
        == 'IF(OR(A1=""),"—",IFERROR(ROUND((A1/(C1+7))*100,2),"—"))'
    )
