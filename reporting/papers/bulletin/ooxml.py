"""What python-docx has no words for: East Asian faces, grids, page fields, repeated heads."""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Pt, RGBColor

#: Children of paragraph properties that must follow ours, as the schema orders them.
AFTER_GRID = ("w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")
AFTER_BORDERS = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:snapToGrid", *AFTER_GRID)
AFTER_MARGINS = ("w:tblLook", "w:tblCaption", "w:tblDescription")
AFTER_RULES = ("w:shd", "w:tblLayout", "w:tblCellMar", *AFTER_MARGINS)
AFTER_PLACE = ("w:tblOverlap", "w:bidiVisual", "w:tblW", "w:jc", "w:tblInd", "w:tblBorders", *AFTER_RULES)


def _element(tag: str, **attributes: object) -> Any:
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def typeface(target: Any, name: str) -> None:
    """One family for Chinese and Western characters of a run or style."""
    target.font.name = name
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)


def character_spacing(style: Any, points: float) -> None:
    """Closer characters: 三号 at 15.75 points sets 28 to the line."""
    style.element.get_or_add_rPr().append(_element("spacing", val=round(points * 20)))


def colour(run: Any, value: str) -> None:
    run.font.color.rgb = RGBColor.from_string(value)


def exact_lines(form: Any, pitch: Length) -> None:
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = pitch


def line_grid(section: Any, pitch: Length) -> None:
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = _element("docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(pitch.pt * 20)))


def float_at(table: Any, *, top: int) -> None:
    """Stand the table at a height of its page, whatever the text around it does."""
    place = _element(
        "tblpPr", horzAnchor="margin", tblpX=0, vertAnchor="page", tblpY=round(Length(top).pt * 20)
    )
    table._tbl.tblPr.insert_element_before(place, *AFTER_PLACE)


def rules(table: Any, *, outer: int, inner: int) -> None:
    """Lines above, below and between the rows, in eighths of a point; none upright."""
    borders = _element("tblBorders")
    for side, size in (("top", outer), ("bottom", outer), ("insideH", inner)):
        borders.append(_element(side, val="single", sz=size, space=0, color="000000"))
    table._tbl.tblPr.insert_element_before(borders, *AFTER_RULES)


def off_grid(paragraph: Any) -> None:
    """The paragraph's lines keep their own pitch."""
    paragraph._p.get_or_add_pPr().insert_element_before(_element("snapToGrid", val=0), *AFTER_GRID)


def first_line(paragraph: Any, characters: int) -> None:
    """Indent of the first line in characters, with its width for readers that know no characters."""
    ind = paragraph._p.get_or_add_pPr().get_or_add_ind()
    ind.set(qn("w:firstLineChars"), str(characters * 100))
    ind.set(qn("w:firstLine"), str(characters * 315))


def indent(paragraph: Any, *, left: float = 0, right: float = 0) -> None:
    """Indents in points."""
    paragraph.paragraph_format.left_indent = Pt(left)
    paragraph.paragraph_format.right_indent = Pt(right)


def line(paragraph: Any, *sides: str, eighths: int, colour: str = "000000") -> None:
    """A line at the ``top`` or ``bottom`` of the paragraph, in eighths of a point."""
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = _element("pBdr")
        properties.insert_element_before(borders, *AFTER_BORDERS)
    for side in sides:
        borders.append(_element(side, val="single", sz=eighths, space=4, color=colour))


def page_number(paragraph: Any, face: str, size: Length) -> None:
    """— 1 —."""
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        typeface(run, face)
        run.font.size = size
        if text is None:
            for part in ("begin", "instruction", "end"):
                run._r.append(_field(part))


def _field(part: str) -> Any:
    if part == "instruction":
        instruction = _element("instrText")
        instruction.text = "PAGE"
        return instruction
    return _element("fldChar", fldCharType=part)


def repeat_head(row: Any) -> None:
    """The row stands again on each page of its table."""
    row._tr.get_or_add_trPr().append(_element("tblHeader"))
    unbroken(row)


def unbroken(row: Any) -> None:
    row._tr.get_or_add_trPr().append(_element("cantSplit"))


def fixed_widths(table: Any, widths: list[Length]) -> None:
    """Column widths that neither Word nor WPS adapts to the text, and narrow cell margins."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    margins = _element("tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(side, w=20, type="dxa"))
    table._tbl.tblPr.insert_element_before(margins, *AFTER_MARGINS)
