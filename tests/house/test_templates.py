"""Every template compiles and keeps to the content policy: no inline script, style or handler, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(str(file.relative_to(ROOT / "templates")) for file in ROOT.glob("templates/**/*.html"))
#: Papers are printed on the server and carry their own style; no browser sees them.
PAGES = [name for name in TEMPLATES if not name.startswith("papers/")]
FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "inline style": r"<style\b|\sstyle=",
    "handler attribute": r"\son[a-z]+=[\"']",
    "foreign address": r"(?:src|href|action)=[\"'](?:https?:)?//",
    "evaluated htmx": r"hx-(?:on|vals=[\"']js:|trigger=[\"'][^\"']*\[)",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_template_keeps_to_the_content_policy(name: str) -> None:
    text = (ROOT / "templates" / name).read_text("utf-8")
    assert [label for label, pattern in FORBIDDEN.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("name", PAGES)
def test_posting_form_carries_its_token(name: str) -> None:
    text = (ROOT / "templates" / name).read_text("utf-8")
    forms = re.findall(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", text, flags=re.DOTALL | re.IGNORECASE)
    assert [form[:80] for form in forms if "{% csrf_token %}" not in form] == []
