"""Form fields and filter bars as the page shows them."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField, Field
from django.forms import widgets as w
from django.http import HttpRequest, QueryDict

from core.components.selects import PlainSelect

_selects = (w.Select,)
_lists = (w.RadioSelect, w.CheckboxSelectMultiple)


def shape_of(bound: BoundField) -> str:
    """How the field is laid out: ``check`` (one box), ``choices`` (a list of boxes), ``hidden`` or ``line``."""
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, w.CheckboxInput):
        return "check"
    return "choices" if isinstance(widget, _lists) else "line"


def errors_of(bound: BoundField) -> list[str]:
    """The field's errors; what Django says of any field left empty names this one and what to do."""
    of_any_field = str(Field.default_error_messages["required"])
    verb = "选择" if isinstance(bound.field.widget, (*_selects, *_lists, w.FileInput)) else "填写"
    named = f"请{verb}{bound.label}。"
    return [named if message == of_any_field else str(message) for message in bound.errors]


def _css_class(widget: w.Widget) -> str:
    if isinstance(widget, (w.CheckboxInput, *_lists)):
        return "form-check-input"
    return "form-select" if isinstance(widget, _selects) else "form-control"


def control(bound: BoundField, **attrs: Any) -> str:
    """The field's widget in our classes, tied to its help and its error for screen readers."""
    widget = bound.field.widget
    classes = [_css_class(widget), str(widget.attrs.get("class", "")), str(attrs.pop("class", ""))]
    if bound.errors:
        classes.append("is-invalid")
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    attrs["class"] = " ".join(name for name in classes if name)
    if type(widget) is w.Select:
        widget = PlainSelect.like(widget)
    return bound.as_widget(widget, attrs=attrs)


def _shown_value(bound: BoundField, values: list[str]) -> str:
    """In the words that the page offers; a field of ten thousand rows is read only where they do not suffice."""
    choices: dict[str, str] = {}
    for offered in (bound.field.widget, bound.field):
        if not choices.keys() >= set(values):
            choices |= {str(key): str(label) for key, label in _flat(getattr(offered, "choices", ()))}
    if bound.is_hidden and not choices:
        return "指定"
    return "、".join(choices.get(value, value) for value in values)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    for key, label in choices:
        flat.extend(_flat(label) if isinstance(label, (list, tuple)) else [(key, label)])
    return flat


def filter_chips(form: Any, query: QueryDict) -> list[dict[str, str]]:
    """One chip per filter in use: its label, its value in words, and the address without it.

    A hidden field without a label is the page's own and not to be taken away.
    """
    chips = []
    for bound in form:
        if _is_the_pages_own(bound):
            continue
        names = [name for name in query if name == bound.html_name or name.startswith(f"{bound.html_name}_")]
        names = [name for name in names if name == bound.html_name or _is_part(bound, name)]
        values = [value for name in names for value in query.getlist(name) if value]
        if not values:
            continue
        rest = query.copy()
        for name in [*names, "page"]:
            rest.pop(name, None)
        chips.append(
            {"label": bound.label, "value": _shown_value(bound, values), "url": f"?{rest.urlencode()}"}
        )
    return chips


def address_without_filters(form: Any, request: HttpRequest) -> str:
    """The page without its filters, saved ones neither; what is the page's own and hidden stays."""
    own = QueryDict(mutable=True)
    for bound in form.hidden_fields():
        if _is_the_pages_own(bound) and bound.html_name in request.GET:
            own.setlist(bound.html_name, request.GET.getlist(bound.html_name))
    own["view"] = "none"
    return f"{request.path}?{own.urlencode()}"


def _is_the_pages_own(bound: BoundField) -> bool:
    return bound.is_hidden and not bound.field.label


def _is_part(bound: BoundField, name: str) -> bool:
    """Whether ``name`` is one input of a widget made of several, such as a range."""
    widget = bound.field.widget
    names = getattr(widget, "widgets_names", ())
    return any(name == f"{bound.html_name}{suffix}" for suffix in names)
