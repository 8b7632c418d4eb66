"""What can go wrong, in words a county clerk can act on.

A rule or a service that refuses raises :class:`DomainError` with every problem at once. Pages show the problems by
their field, the API answers them as RFC 9457 problem details, importers print them by row and column.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable code, what to do about it, and where.

    ``field`` is the form field, indicator key or column it belongs to; ``None`` where it belongs to the whole.
    A ``warning`` may be passed with a written explanation, an ``error`` may not.
    """

    code: str
    message: str
    field: str | None = None
    level: Level = "error"
    meta: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        return self.level == "error"


class DomainError(Exception):
    """Refused, with reasons. ``status`` is the HTTP status that pages and API answer with."""

    status = 422

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: list[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("；".join(problem.message for problem in self.problems))

    @classmethod
    def of(cls, code: str, message: str, field: str | None = None, **meta: Any) -> DomainError:
        """The error with a single problem."""
        return cls(Problem(code=code, message=message, field=field, meta=meta))


class Conflict(DomainError):
    """Someone else was faster, or the state has moved on: nothing was changed."""

    status = 409


class Forbidden(DomainError):
    """Inside the scope, but without the permission. Outside the scope is a 404 instead."""

    status = 403

    @classmethod
    def for_action(cls, label: str) -> Forbidden:
        return cls(Problem("forbidden", f"您没有“{label}”的权限。如需办理，请联系本单位管理员。"))


def check(problems: Iterable[Problem]) -> list[Problem]:
    """Raise when any of ``problems`` is an error; return the warnings otherwise."""
    found = list(problems)
    if any(problem.is_error for problem in found):
        raise DomainError(found)
    return found
