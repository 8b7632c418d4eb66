"""QR codes: drawn for papers."""

from __future__ import annotations

import io

import segno


def svg(text: str) -> str:
    """The code of ``text`` as an inline SVG image."""
    return str(segno.make(text, error="m", micro=False).svg_inline(scale=3, border=2))


def png(text: str) -> io.BytesIO:
    """The code of ``text`` as a PNG image."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=6, border=2)
    out.seek(0)
    return out
