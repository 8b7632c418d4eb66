"""A leaflet as PDF."""

from __future__ import annotations

from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from core import qr
from core.leaflets.blocks import Block, Form, Leaflet, Listing, Mark, Text
from core.pdf import lay_out, typefaces

#: The faces of the sheet by their names in the style rules.
ROLES = {"song": "宋体", "fang": "仿宋", "hei": "黑体", "title": "小标宋"}
CSS = """
@page { size: A4 %(orientation)s; margin: 16mm 18mm;
  @bottom-center { content: "— " counter(page) " —"; font: 10.5pt %(song)s; } }
body { margin: 0; font: 16pt/28pt %(fang)s; }
h1 { margin: 0 0 4mm; font: normal 20pt/28pt %(title)s; text-align: center; }
.lead { margin: 0 0 4mm; font-size: 12pt; line-height: 18pt; text-align: center; }
h2 { margin: 4mm 0 0; font: normal 16pt/28pt %(hei)s; text-indent: 2em; break-after: avoid; }
h3 { margin: 3mm 0 1.2mm; font: normal 12pt/18pt %(hei)s; break-after: avoid; }
p { margin: 0; text-indent: 2em; text-align: justify; }
table { width: 100%%; border-collapse: collapse; table-layout: fixed; font: 10.5pt/15pt %(song)s; }
table + table { margin-top: -0.5pt; }
td, th { padding: 0.9mm 1.5mm; border: 0.5pt solid #000; text-align: center; vertical-align: middle;
  overflow-wrap: anywhere; white-space: pre-line; }
th { font-weight: normal; font-family: %(hei)s; }
.mark { display: flex; align-items: center; gap: 4mm; margin: 0 0 4mm; font: 10.5pt/16pt %(song)s; }
.mark svg { width: 22mm; height: 22mm; }
.new-page { break-before: page; }
td.left { text-align: left; }
td.tall { height: 17mm; text-align: left; vertical-align: top; }
tr { break-inside: avoid; }
.note { margin-top: 3mm; font: 9pt/13pt %(song)s; text-indent: 0; }
"""


def write_pdf(leaflet: Leaflet, path: Path) -> None:
    """Set ``leaflet`` and write it to ``path``."""
    html = render_to_string(
        "leaflets/leaflet.html", {"leaflet": leaflet, "blocks": [_shown(block) for block in leaflet.blocks]}
    )
    families = typefaces().families
    css = CSS % {
        "orientation": "landscape" if leaflet.is_landscape else "portrait",
        **{name: families[role] for name, role in ROLES.items()},
    }
    document = lay_out(html, css + _widths(leaflet))
    document.metadata.title = leaflet.title
    document.metadata.authors = [leaflet.author] if leaflet.author else []
    document.write_pdf(str(path))


def _shown(block: Block) -> dict[str, object]:
    kind = {Text: "text", Form: "form", Listing: "listing", Mark: "mark"}[type(block)]
    shares = _shares(block.widths) if isinstance(block, Form | Listing) else []
    rows: object = None
    if isinstance(block, Listing):
        rows = [[(value, column in block.left) for column, value in enumerate(row)] for row in block.rows]
    image = mark_safe(qr.svg(block.code)) if isinstance(block, Mark) else ""  # noqa: S308
    return {"kind": kind, "block": block, "shares": shares, "rows": rows, "image": image}


def _shares(widths: object) -> list[int]:
    given = list(widths)  # type: ignore[call-overload]
    return [round(1000 * width / sum(given)) for width in given]


def _widths(leaflet: Leaflet) -> str:
    """One rule for each width, since no style stands in the text."""
    shares = {
        share
        for block in leaflet.blocks
        if isinstance(block, Form | Listing)
        for share in _shares(block.widths)
    }
    return "".join(f"col.w{share} {{ width: {share / 10:.1f}%; }}" for share in sorted(shares))
