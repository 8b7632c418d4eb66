"""The components that pages are composed of, and the filters that write figures and dates.

``docs/frontend.md`` lists them with their parameters; ``/gallery/`` shows them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template.context import Context
from django.utils.safestring import SafeString

from core import formats
from core.components import charts, fields, marks, pages
from core.errors import Problem
from core.grids import Entry, EntryColumn, EntryGrid, EntrySection
from core.listing import Listing
from core.tables import Table

register = template.Library()

register.filter("number", formats.number)
register.filter("percent", formats.percent)
register.filter("signed", formats.signed)
register.filter("points", formats.signed_points)
register.filter("day", formats.day)
register.filter("short_day", formats.short_day)
register.filter("month", formats.month)
register.filter("moment", formats.moment)
register.filter("file_size", formats.file_size)
register.filter("errors_of", fields.errors_of)

MESSAGE_TONES = {
    "debug": "neutral",
    "info": "info",
    "success": "success",
    "warning": "warning",
    "error": "danger",
}


def _rendered(context: Context, name: str, values: dict[str, Any]) -> SafeString:
    """A component's template in a context of its own, as an inclusion tag does."""
    inner = context.new(values)
    if "csrf_token" in context:
        inner["csrf_token"] = context["csrf_token"]
    engine = cast(template.Template, context.template).engine
    return engine.get_template(f"components/{name}.html").render(inner)


register.simple_tag(marks.icon)
register.simple_tag(marks.pill)
register.simple_tag(marks.table_cell)


@register.filter
def tone_icon(tone: str) -> str:
    return marks.TONE_ICONS.get(tone, "circle")


@register.filter
def message_tone(level_tag: str) -> str:
    return MESSAGE_TONES.get(level_tag, "info")


@register.filter
def problems_json(problems: Iterable[Problem]) -> str:
    """A cell's problems as its ``data-problems`` attribute, in the words of the autosave answer."""
    return json.dumps(
        [{"level": problem.level, "code": problem.code, "message": problem.message} for problem in problems],
        ensure_ascii=False,
    )


@register.filter
def sort_icon(direction: str) -> str:
    return {"ascending": "arrow-up", "descending": "arrow-down"}.get(direction, "arrow-down-up")


@register.simple_block_tag(takes_context=True)
def page_head(
    context: Context, content: str, title: str, lead: str = "", crumbs: Any = (), state: Any = None
) -> SafeString:
    """Title, breadcrumb (``[(label, url), …]``), one line of explanation, a state pill; the actions stand inside."""
    values = {"title": title, "lead": lead, "crumbs": crumbs, "state": state, "actions": content}
    return _rendered(context, "page_head", values)


@register.simple_block_tag(takes_context=True)
def section_head(context: Context, content: str, title: str, anchor: str = "") -> SafeString:
    """A section's title with its own links or buttons inside."""
    return _rendered(context, "section_head", {"title": title, "anchor": anchor, "actions": content})


@register.inclusion_tag("components/table.html")
def table(table: Table, tall: bool = False, anchor: str = "") -> dict[str, Any]:
    """A list with its caption, sort links and empty state; cards or a scrolling box on a phone."""
    return {"table": table, "tall": tall, "anchor": anchor}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, unit: str = "条") -> dict[str, Any]:
    """Which rows these are of how many, and the way to the others; filters are kept."""
    return pages.page_links(page, context["request"]) | {"unit": unit}


@register.inclusion_tag("components/list_tools.html", takes_context=True)
def list_tools(context: Context, listing: Listing) -> dict[str, Any]:
    """Saved views, the columns shown and the size of a page, for a list built by :func:`core.listing.listing`."""
    request = context["request"]
    return {
        "listing": listing,
        "query": request.GET.urlencode(),
        "columns": listing.choices(),
        "sizes": listing.sizes(),
        "kept": listing.kept_inputs(),
        "reset_url": listing.reset_url(),
    }


@register.inclusion_tag("components/saved_views.html", takes_context=True)
def saved_views(context: Context, page: str) -> dict[str, Any]:
    """Saved views alone, for a list page without columns to choose; ``page`` is its URL name."""
    return {"page": page, "query": context["request"].GET.urlencode()}


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context: Context, filterset: Any, label: str = "筛选", first: int = 99) -> dict[str, Any]:
    """A filter form by GET with a chip per filter in use; past the ``first`` fields the others are folded away."""
    form = getattr(filterset, "form", filterset)
    request = context["request"]
    visible = form.visible_fields()
    return {
        "form": form,
        "shown": visible[:first],
        "folded": visible[first:],
        "is_unfolded": any(bound.errors or request.GET.get(bound.html_name) for bound in visible[first:]),
        "label": label,
        "chips": fields.filter_chips(form, request.GET),
        "clear_url": fields.address_without_filters(form, request),
        "sort": request.GET.get("sort", ""),
        "kept": [
            (name, value)
            for name in ("columns", "more", "size", "on")
            if name not in form.fields
            for value in request.GET.getlist(name)
        ],
    }


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "", hint: str = "", optional: bool = False) -> dict[str, Any]:
    """A labelled field with its help, its error beside it and the mark of what must be filled."""
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "shape": fields.shape_of(bound),
        "optional": optional,
    }


@register.simple_tag
def control(bound: BoundField, **attrs: Any) -> str:
    """The field's widget alone, in our classes."""
    return fields.control(bound, **attrs)


@register.inclusion_tag("components/field_list.html")
def fields_of(form: Any) -> dict[str, Any]:
    """Every field of a form one under the other, with the problems of the whole above."""
    return {"form": form}


@register.inclusion_tag("components/upload.html")
def upload(bound: BoundField, limit_mb: int = 20, most: int = 9, wanted: bool = False) -> dict[str, Any]:
    """A file field with drop area, kinds and sizes told before, refused files named at once; ``wanted`` marks as
    required what only the whole must hold in the end."""
    is_wanted = wanted or bound.field.required
    return {"field": bound, "limit_mb": limit_mb, "most": most, "is_wanted": is_wanted}


@register.inclusion_tag("components/stat_card.html")
def stat_card(
    label: str,
    value: Any,
    unit: str = "",
    delta: Any = None,
    url: str = "",
    tone: str = "",
    hint: str = "",
    kind: str = "number",
    has_delta: bool = False,
) -> dict[str, Any]:
    """A big number. ``kind`` is ``number``, ``percent`` (a ratio) or ``text``; ``delta`` is told in words too;
    a count of none stands without its tone."""
    written = {"number": formats.number, "percent": formats.percent}.get(kind, str)(value)
    is_calm = kind == "number" and value == 0
    words, direction = "", ""
    if delta is not None or has_delta:
        words = formats.points_words(delta) if kind == "percent" else formats.delta_words(delta, unit)
        direction = ("up" if delta > 0 else "down") if delta else ""
    return {
        "label": label,
        "value": written,
        "unit": unit if kind == "number" else "",
        "words": words,
        "direction": direction,
        "url": url,
        "tone": "" if is_calm else tone,
        "hint": hint,
    }


@register.inclusion_tag("components/progress.html")
def progress(value: Any, total: Any, label: str = "", tone: str = "", unit: str = "") -> dict[str, Any]:
    """How much of a whole is done, in words and as a bar. Nothing is shown as done of an empty whole."""
    return {
        "value": value or 0,
        "total": total or 0,
        "ratio": (value or 0) / total if total else None,
        "label": label,
        "tone": tone,
        "unit": unit,
    }


@register.inclusion_tag("components/share_bar.html")
def share_bar(segments: list[dict[str, Any]], label: str = "", unit: str = "个") -> dict[str, Any]:
    """A whole in its parts: ``[{"label", "count", "tone"}, …]``, with a legend that says the numbers."""
    total = sum(segment["count"] for segment in segments)
    start, parts = 0.0, []
    for segment in segments:
        width = 100 * segment["count"] / total if total else 0
        parts.append(segment | {"start": f"{start:.3f}", "width": f"{width:.3f}"})
        start += width
    return {"parts": parts, "total": total, "label": label, "unit": unit}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str, hint: str = "", symbol: str = "inbox", url: str = "", action: str = ""
) -> dict[str, Any]:
    """Says why there is nothing here and what to do."""
    return {"title": title, "hint": hint, "symbol": symbol, "url": url, "action": action}


@register.inclusion_tag("components/problem_list.html")
def problem_list(problems: Any, title: str = "") -> dict[str, Any]:
    """The problems of a refusal, errors before warnings."""
    return {"problems": problems, "title": title}


@register.simple_block_tag(takes_context=True)
def notice(
    context: Context, content: str, tone: str = "info", title: str = "", symbol: str = ""
) -> SafeString:
    """A box that says something to everyone who opens the page."""
    values = {"tone": tone, "title": title, "symbol": symbol, "content": content}
    return _rendered(context, "notice", values)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    anchor: str,
    label: str,
    title: str,
    action: str = "",
    submit: str = "确定",
    tone: str = "primary",
    symbol: str = "",
    css: str = "",
    after_save: bool = False,
) -> SafeString:
    """A button that asks first: a dialog with a POST form to ``action``; inside stands what will happen, and fields.
    Within a form, without ``action``, its button sends that form."""
    css = css or ("btn-danger" if tone == "danger" else "btn-primary")
    values = {"anchor": anchor, "label": label, "title": title, "action": action, "submit": submit}
    values |= {"tone": tone, "symbol": symbol, "css": css, "content": content}
    return _rendered(context, "confirm", {**values, "after_save": after_save})


@register.inclusion_tag("components/timeline.html")
def timeline(events: list[Any], empty: str = "尚无流转记录") -> dict[str, Any]:
    """What happened, newest first as given: ``at``, ``title``, ``who``, ``note``, ``tone``, ``symbol``."""
    return {"events": events, "empty": empty}


@register.inclusion_tag("components/tabs.html")
def tabs(items: list[dict[str, Any]], label: str = "视图") -> dict[str, Any]:
    """Links to the views of one thing: ``label``, ``url``, ``active``, ``badge``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/chart.html")
def chart(
    anchor: str,
    title: str,
    data: dict[str, Any],
    note: str = "",
    tall: bool = False,
    show_table: bool = False,
    heading: int = 3,
) -> dict[str, Any]:
    """A figure with its title, its data behind “查看数据表”, “下载PNG” and “下载Excel”; ``heading`` is the title's rank."""
    return {
        "heading": heading,
        "anchor": anchor,
        "data_id": f"{anchor}-data",
        "title": title,
        "data": data,
        "note": note,
        "tall": tall,
        "show_table": show_table,
        "table": charts.chart_table(data),
    }


@register.inclusion_tag("components/export_button.html", takes_context=True)
def export_button(
    context: Context, url: str, label: str, symbol: str = "download", css: str = "btn-quiet"
) -> dict[str, Any]:
    """Starts an export by POST; its progress appears in ``#jobs`` of the page head."""
    return {"url": url, "label": label, "symbol": symbol, "css": css, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/export_progress.html")
def job(job: Any) -> dict[str, Any]:
    """A running or finished export; polls itself until it is done."""
    return {"job": job}


@register.inclusion_tag("components/copy_button.html")
def copy_button(
    text: str, label: str = "复制", css: str = "btn-quiet", symbol: str = "clipboard"
) -> dict[str, Any]:
    """Puts ``text`` on the clipboard and says so."""
    return {"text": text, "label": label, "css": css, "symbol": symbol}


@register.inclusion_tag("components/facts.html")
def facts(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """Labels with their values; absent ones are shown as —."""
    return {"items": items}


@register.inclusion_tag("components/tree.html")
def tree(nodes: list[Any], label: str = "组织") -> dict[str, Any]:
    """Nodes that open lazily: ``label``, ``url``, ``children_url`` (empty for a leaf), ``meta``, ``state``."""
    return {"nodes": nodes, "label": label}


@register.inclusion_tag("components/burden_button.html")
def burden_button(url: str) -> dict[str, Any]:
    """“减负意见”: every form carries one."""
    return {"url": url}


@register.simple_block_tag(takes_context=True)
def autosave(context: Context, content: str, url: str, scope: str, **where: str) -> SafeString:
    """Cells inside save by themselves to ``url``; ``scope`` names what is typed, for the queue kept on the device.
    With the address ``presence`` those who type at one desk see each other, and ``place`` says where each is."""
    shown = {"url": url, "scope": scope, "user": context["request"].user.pk, "content": content}
    return _rendered(context, "autosave", shown | where)


@register.inclusion_tag("components/entry_grid.html")
def entry_grid(grid: EntryGrid) -> dict[str, Any]:
    """Units × columns to type into, with arrow keys, block paste and live sums. Stands inside ``{% autosave %}``."""
    return {"grid": grid}


@register.inclusion_tag("components/entry_list.html")
def entry_list(
    sections: list[EntrySection], last_label: str = "上月", last_year_label: str = "去年同月"
) -> dict[str, Any]:
    """One unit's own figures, one under the other, last month and last year beside. Stands inside ``{% autosave %}``."""
    return {"sections": sections, "last_label": last_label, "last_year_label": last_year_label}


@register.inclusion_tag("components/entry_text.html")
def entry_text(
    entry: Entry, column: EntryColumn, rows: int = 5, limit: int = 2000, required: bool = False
) -> dict[str, Any]:
    """A narrative that saves by itself, with the count of what is written. Stands inside ``{% autosave %}``."""
    return {"entry": entry, "column": column, "rows": rows, "limit": limit, "required": required}
