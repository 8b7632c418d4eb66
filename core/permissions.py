"""The register of permissions: each floor declares its own, by code and Chinese label, at start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permission:
    """What somebody may do. ``code`` is ``app.verb``; ``label`` is what the user reads."""

    code: str
    label: str

    def __str__(self) -> str:
        return self.code


_permissions: dict[str, Permission] = {}


def declare(code: str, label: str) -> Permission:
    """Register a permission and return it; a code is declared once."""
    if code in _permissions:
        raise ValueError(f"permission {code} is declared twice")
    _permissions[code] = Permission(code, label)
    return _permissions[code]


def every_permission() -> list[Permission]:
    return sorted(_permissions.values(), key=lambda permission: permission.code)


def label_of(code: str) -> str:
    return _permissions[code].label if code in _permissions else code
