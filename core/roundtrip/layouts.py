"""The columns of one list, the key of its rows, and the digests by which a cell is known again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

from core.roundtrip.fields import Field

KEY_LABEL = "编号（请勿改动）"
#: The head of the hidden column of digests; the keys of the columns it covers follow.
STAMP_LABEL = "校验（请勿改动）："
_DIGEST_BYTES = 6
DIGEST_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """One list's sheet.

    ``key`` gives a row's key as text; ``natural`` names a column that identifies a row as well (a code), for rows whose
    key was lost. ``name`` is how a row is called in a preview. Without ``takes_new`` a row without a known key is an
    error; with it, it is an addition.
    """

    sheet: str
    fields: tuple[Field, ...]
    key: Callable[[Any], str]
    name: Callable[[Any], str]
    natural: str = ""
    takes_new: bool = False

    def only(self, keys: Iterable[str]) -> Self:
        """The layout with the columns chosen, and always those that identify or name a row."""
        wanted = set(keys)
        if not wanted:
            return self
        kept = tuple(
            field
            for field in self.fields
            if field.key in wanted
            or field.key == self.natural
            or (field.is_required and (self.takes_new or not field.is_editable))
        )
        return replace(self, fields=kept)

    def editable(self) -> list[Field]:
        return [field for field in self.fields if field.is_editable]

    def by_key(self) -> dict[str, Field]:
        return {field.key: field for field in self.fields}


@lru_cache(maxsize=1 << 16)
def digest(text: str) -> str:
    """Eight characters that tell a cell's text from another; of what the cell shows, never of what is masked."""
    made = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
    return base64.urlsafe_b64encode(made).decode()


def stamp_of(texts: Iterable[str]) -> str:
    """The digests of a row's cells, one after another."""
    return "".join(map(digest, texts))


def stamp_label(fields: Iterable[Field]) -> str:
    return STAMP_LABEL + ",".join(field.key for field in fields)


def stamped_keys(label: Any) -> list[str] | None:
    """The keys of the columns that a head cell says are covered, if it is the head of the digests."""
    if not isinstance(label, str) or not label.startswith(STAMP_LABEL):
        return None
    return label.removeprefix(STAMP_LABEL).split(",")


def digests_by_key(keys: list[str], stamp: Any) -> dict[str, str] | None:
    """A row's digests by column; ``None`` where the stamp is missing or damaged."""
    if not isinstance(stamp, str) or len(stamp) != DIGEST_LENGTH * len(keys):
        return None
    parts = [stamp[at : at + DIGEST_LENGTH] for at in range(0, len(stamp), DIGEST_LENGTH)]
    return dict(zip(keys, parts, strict=True))
