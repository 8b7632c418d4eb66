"""Lines of Chinese set flush on both sides: WeasyPrint justifies at spaces only, and Chinese has none.

Works on a document that is laid out: what a line lacks is spread between its characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: In pixels: less is not seen.
LEAST = 0.05


def justify(document: Any) -> None:
    """Spread every line of a justified paragraph but its last over the full measure."""
    for lines in _paragraphs(document):
        for measure, line in lines[:-1]:
            _spread(line, measure)


def _paragraphs(document: Any) -> Iterator[list[tuple[float, Any]]]:
    """The lines of each paragraph with the right edge of their measure; a paragraph may go on over pages."""
    from weasyprint.formatting_structure.boxes import BlockBox, LineBox

    found: dict[int, list[tuple[float, Any]]] = {}
    for page in document.pages:
        for box in page._page_box.descendants():
            if (
                not isinstance(box, BlockBox)
                or box.element is None
                or box.style["text_align_all"] != "justify"
            ):
                continue
            lines = [child for child in box.children if isinstance(child, LineBox)]
            if lines:
                edge = box.content_box_x() + box.width
                found.setdefault(id(box.element), []).extend((edge, line) for line in lines)
    yield from found.values()


def _spread(line: Any, edge: float) -> None:
    from weasyprint.formatting_structure.boxes import TextBox

    texts = [box for box in line.descendants() if isinstance(box, TextBox) and box.text]
    gaps = sum(len(box.text) for box in texts) - 1
    if gaps < 1 or any(box.element_tag == "br" for box in line.descendants()):
        return
    last = texts[-1]
    lacking = edge - (last.position_x + last.width)
    if lacking < LEAST:
        return
    each, moved = lacking / gaps, 0.0
    for box in texts:
        box.position_x += moved
        _widen(box, each)
        moved += each * len(box.text)


def _widen(box: Any, each: float) -> None:
    """Set a text again with ``each`` pixels between its characters."""
    from weasyprint.text.line_break import create_layout

    box.style = box.style.copy()
    known = box.style["letter_spacing"]
    box.style["letter_spacing"] = each + (0 if known == "normal" else known)
    layout = create_layout(box.text, box.style, None, max_width=None, justification_spacing=0)
    layout.deactivate()
    box.pango_layout = layout
    box.width += each * (len(box.text) - 1)
