"""JSON that somebody sends: read once, and only what can be kept and answered."""

from __future__ import annotations

import json
from typing import Any


def read_json(text: str | bytes) -> Any:
    """What ``text`` says; ``ValueError`` for what is none, is nested too deep, or could not be written as UTF-8 again.

    The last are half characters (lone surrogates) and numbers beyond all bounds, which no column holds.
    """
    try:
        said = json.loads(text)
        json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return said
