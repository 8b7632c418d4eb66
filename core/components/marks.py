"""Small marks that stand many times on a page, written here since a template for each would be most of its time."""

from __future__ import annotations

from functools import cache, lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core import formats
from core.tables import Cell

TONE_ICONS = {
    "neutral": "circle",
    "info": "info-circle",
    "primary": "info-circle",
    "success": "check-circle-fill",
    "warning": "exclamation-triangle-fill",
    "danger": "x-octagon",
}


#: So long a word, and on a wide screen so long a phrase, stands in one line of a cell.
LONGEST_WORD = 6
LONGEST_PHRASE = 10


@cache
def _sprite() -> str:
    return static("dist/icons.svg")


@lru_cache(maxsize=1000)
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite; with ``label`` it speaks for itself, without it is decoration."""
    speech = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {} focusable="false"><use href="{}#{}"></use></svg>',
        css,
        speech,
        _sprite(),
        name,
    )


@lru_cache(maxsize=1000)
def pill(label: str, tone: str = "neutral", icon_name: str = "") -> SafeString:
    """A state as icon and words on a tint; never by colour alone."""
    mark = icon(icon_name or TONE_ICONS.get(tone, "circle"))
    return format_html('<span class="pill tone-{}">{}{}</span>', tone or "neutral", mark, label)


def table_cell(cell: Cell) -> SafeString:
    """One cell of a list."""
    column = cell.column
    if column.kind == "pill":
        state = cell.value
        written = pill(state["label"], state["tone"], state["icon"]) if state["label"] else formats.ABSENT
        return format_html('<td data-label="{}">{}</td>', column.label, written)
    written = format_html('<a href="{}">{}</a>', cell.href, cell.value) if cell.href else cell.value
    if column.kind == "name":
        css = "name nowrap" if len(str(cell.value)) <= LONGEST_WORD else "name"
        return format_html('<th class="{}" scope="row" data-label="{}">{}</th>', css, column.label, written)
    return format_html("{}{}</td>", _cell_start(column.label, _cell_css(cell)), written)


def _cell_css(cell: Cell) -> str:
    """Words stay on one line, phrases where the screen is wide."""
    length = len(str(cell.value))
    if cell.column.is_numeric:
        return "number"
    if cell.column.is_dated or length <= LONGEST_WORD:
        return "nowrap"
    return "phrase" if length <= LONGEST_PHRASE else ""


@lru_cache(maxsize=1000)
def _cell_start(label: str, css: str) -> SafeString:
    return format_html('<td data-label="{}"{}>', label, format_html(' class="{}"', css) if css else "")
