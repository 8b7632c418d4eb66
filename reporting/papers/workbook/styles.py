"""How the sheets look: one place for fonts, lines, number formats and widths."""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

SONG, HEI, FANG = "宋体", "黑体", "仿宋"
TITLE = Font(name=HEI, size=16)
HEAD = Font(name=HEI, size=10)
BODY = Font(name=SONG, size=10)
BOLD = Font(name=SONG, size=10, bold=True)
NOTE = Font(name=SONG, size=9, color="FF44546A")
HEAD_FILL = PatternFill("solid", start_color="FFDCE6F1")
WHOLE_FILL = PatternFill("solid", start_color="FFF2F6FB")
BAND_FILL = PatternFill("solid", start_color="FFF7F7F7")
THIN = Side(style="thin", color="FF7F8FA6")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")
PLAIN_LEFT = Alignment(horizontal="left", vertical="center")

#: A figure that bears a star keeps its number; zero changes have no sign.
NUMBER_FORMATS = {
    "number": "#,##0",
    "index": "0",
    "rank": "0",
    "money": "#,##0.00",
    "percent": "0.0%",
    "change": "+0.0%;−0.0%;0.0%",
    "points": '+0.0"个百分点";−0.0"个百分点";0.0"个百分点"',
    "day": "yyyy年m月d日",
    "moment": "yyyy年m月d日 hh:mm",
}
ALIGNMENTS = {"text": LEFT, "long": LEFT, "index": CENTRE, "rank": CENTRE, "day": CENTRE, "moment": CENTRE}


def number_format(kind: str, mark: str = "") -> str:
    """The cell format of a kind, with a star behind the figure where it bears one."""
    plain = NUMBER_FORMATS[kind]
    return ";".join(f'{part}"{mark}"' for part in plain.split(";")) if mark else plain
