"""Lines of Chinese stand flush on both sides, also where figures and quotation marks make them ragged."""

from __future__ import annotations

from typing import Any

import pytest

from core.pdf import lay_out

TEXT = "截至11月19日，全省应建乡镇（街道）科协1,813个，已建1,717个，覆盖率94.7%，比上月提高0.8个百分点。" * 12
CSS = """
@page { size: 120mm 60mm; margin: 10mm; }
body { margin: 0; font: 15.75pt/8mm serif; text-align: justify; }
p { margin: 0; text-indent: 2em; }
.left { text-align: left; }
"""


def lines_of(document: Any) -> list[tuple[float, float]]:
    """Right edge of the measure and of the last text of each line, in reading order."""
    found = []
    for page in document.pages:
        for box in page._page_box.descendants():
            if type(box).__name__ == "BlockBox" and box.element_tag == "p":
                for line in box.children:
                    texts = [one for one in line.descendants() if type(one).__name__ == "TextBox"]
                    found.append((box.content_box_x() + box.width, texts[-1].position_x + texts[-1].width))
    return found


def test_every_line_but_the_last_reaches_the_edge():
    lines = lines_of(lay_out(f"<p>{TEXT}</p>", CSS))
    assert len(lines) > 10
    for edge, reached in lines[:-1]:
        assert reached == pytest.approx(edge, abs=0.1)
    assert lines[-1][1] < lines[-1][0] - 1


def test_runs_of_several_faces_share_the_room():
    html = f"<p><b>（一）组织覆盖情况。</b>{TEXT}</p>"
    for edge, reached in lines_of(lay_out(html, CSS))[:-1]:
        assert reached == pytest.approx(edge, abs=0.1)


def test_text_set_left_stays_ragged():
    lines = lines_of(lay_out(f'<p class="left">{TEXT}</p>', CSS))
    assert any(reached < edge - 1 for edge, reached in lines[:-1])
