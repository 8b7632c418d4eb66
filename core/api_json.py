"""How the API reads what it is sent; apart from its answers, since the framework's views ask for it while they load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework import exceptions
from rest_framework.parsers import JSONParser

from core.json_text import read_json


class BoundedJSONParser(JSONParser):
    """JSON as ``core.json_text`` reads it; anything else is refused with 400."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return read_json(stream.read())
        except ValueError:
            raise exceptions.ParseError("请求内容不是可识别的 JSON，请检查格式和编码。") from None
