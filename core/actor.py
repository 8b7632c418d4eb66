"""Who acts: the little that services of every floor must know of the person behind ``by=``.

The user model of ``accounts`` fulfils :class:`Actor`; :data:`SYSTEM` stands for beat, commands and imports.
"""

from __future__ import annotations

from typing import Any, Protocol


class Actor(Protocol):
    """A person or the system itself. ``pk`` is ``None`` for the system."""

    pk: Any

    @property
    def actor_label(self) -> str:
        """Name and post as it is written into the records."""

    def can(self, permission: Any, unit: Any) -> bool:
        """Whether ``permission`` reaches ``unit``."""

    def can_anywhere(self, permission: Any) -> bool:
        """Whether ``permission`` reaches some unit at all."""


class SystemActor:
    """The portal acting by itself; may do everything, and is named as such in the records."""

    pk = None
    is_authenticated = True

    def __init__(self, label: str = "系统") -> None:
        self.actor_label = label

    def can(self, permission: Any, unit: Any) -> bool:
        return True

    def can_anywhere(self, permission: Any) -> bool:
        return True

    def __str__(self) -> str:
        return self.actor_label


SYSTEM = SystemActor()
