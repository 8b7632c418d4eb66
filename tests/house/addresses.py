"""Every address of the portal with what it asks for, and the object that each of its arguments names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.access import PUBLIC, SIGNED_IN

#: By the address's name, what its arguments are in ``Area.keys``; a constant stands as ``=value``.
ARGUMENTS = {
    "accounts:": {"pk": "account", "posting_id": "posting", "attempt_id": "attempt", "session_id": "=1"},
    "orgs:": {"pk": "unit", "role": "=liaison", "officer_pk": "officer"},
    "sanzhang:": {"pk": "person"},
    "sanzhang:end_seat": {"pk": "seat"},
    "sanzhang:void_seat": {"pk": "seat"},
    "sanzhang:file_seat": {"pk": "seat"},
    "sanzhang:candidacy": {"pk": "candidacy"},
    "sanzhang:take_step": {"pk": "candidacy"},
    "sanzhang:appoint": {"pk": "candidacy"},
    "sanzhang:withdraw": {"pk": "candidacy"},
    "sanzhang:renew_term": {"pk": "term"},
    "sanzhang:edit_occupation": {"pk": "occupation"},
    "reporting:": {"pk": "report", "cycle": "cycle", "key": "=health_events", "file_id": "attachment"},
    "reporting:unit": {"pk": "unit"},
    "reporting:correct": {"pk": "accepted"},
    "reporting:case": {"pk": "case"},
    "reporting:withdraw_case": {"pk": "case"},
    "reporting:confirm_case": {"pk": "case"},
    "reporting:refuse_case": {"pk": "case"},
    "reporting:grid_row": {"pk": "township_report", "act": "=zero"},
    "reporting:log_chase": {"pk": "township_report"},
    "reporting:reveal_contact": {"pk": "township_report", "officer_id": "officer"},
    "reporting:open_next": {"pk": "collection"},
    "reporting:lock_cycle": {"pk": "cycle"},
    "reporting:reopen_cycle": {"pk": "cycle"},
    "reporting:take_facts": {"pk": "cycle"},
    "files:": {"job_id": "job", "attachment_id": "attachment", "kind": "=orgs.units"},
    "notices:": {"pk": "message"},
    "v1:unit": {"pk": "unit"},
    "v1:person": {"pk": "person"},
    "v1:appointment": {"pk": "seat"},
    "v1:collection": {"pk": "collection"},
    "v1:cycle": {"pk": "cycle"},
    "v1:report": {"pk": "report"},
    "v1:export": {"pk": "job"},
}
#: What belongs to the whole province is nobody's foreign object.
OF_EVERYBODY = {"cycle", "collection", "occupation"}


@dataclass(frozen=True)
class Address:
    """One address: its name, its view's permission (or several, or one an action), and its arguments."""

    name: str
    route: str
    required: Any
    arguments: tuple[str, ...]
    view: Any

    @property
    def is_api(self) -> bool:
        return self.name.startswith("v1:")

    def keys(self) -> dict[str, str]:
        """For each argument the name of its object in ``Area.keys``."""
        known = {}
        for name, objects in ARGUMENTS.items():
            is_family = name.endswith(":") or name.startswith("v1:")
            if self.name == name or (is_family and self.name.startswith(name)):
                known |= objects
        missing = set(self.arguments) - set(known)
        assert not missing, f"{self.name}: name the object of {missing} in tests/house/addresses.py"
        return {argument: known[argument] for argument in self.arguments}

    def kwargs(self, keys: dict[str, Any]) -> dict[str, Any]:
        return {
            argument: name[1:] if name.startswith("=") else keys[name]
            for argument, name in self.keys().items()
        }

    @property
    def is_scoped(self) -> bool:
        """Whether its object belongs to a unit or a person, so that others must not see it."""
        return any(not name.startswith("=") and name not in OF_EVERYBODY for name in self.keys().values())


def _walk(patterns: list[Any], names: str = "", route: str = "") -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from _walk(pattern.url_patterns, space, here)
        elif isinstance(pattern, URLPattern):
            named = re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", here)
            arguments = tuple(one or other for one, other in named if (one or other) != "format")
            yield Address(
                f"{names}{pattern.name}", here, _required(pattern.callback), arguments, pattern.callback
            )


def _required(view: Any) -> Any:
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return getattr(view, "required_permission", None) or getattr(kind, "required_permission", None)


def every_address() -> list[Address]:
    return list(_walk(get_resolver().url_patterns))


def may_enter(user: Any, required: Any) -> bool:
    """Whether the view lets ``user`` in at all, before any object is looked up."""
    if required in (PUBLIC, SIGNED_IN):
        return True
    asked = required.values() if isinstance(required, dict) else required
    asked = asked if isinstance(required, dict | tuple) else [required]
    return any(user.can_anywhere(permission) for permission in asked)
