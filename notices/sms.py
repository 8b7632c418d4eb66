"""Text messages: a narrow door to whatever gateway a province has. Numbers never reach a log."""

from __future__ import annotations

import http.client
import json
import logging
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

from core.cipher import mask

logger = logging.getLogger("kexie.notices.sms")
LONGEST = 200


class SmsRefused(Exception):
    """The gateway said no, or could not be reached at all: certainly nothing went out."""


class SmsBackend(Protocol):
    """Sends one text to one number and returns the gateway's receipt.

    Raises :class:`SmsRefused` where certainly nothing went out; whatever else it raises leaves the outcome unknown.
    """

    def send(self, *, number: str, text: str) -> str: ...


class ConsoleBackend:
    """Writes the text to the log, with the number masked: for trying things out, and where there is no gateway."""

    def send(self, *, number: str, text: str) -> str:
        logger.info("text message to %s: %s", mask(number), text)
        return ""


class HttpGateway:
    """One POST of ``{"mobile", "content"}`` as JSON with a bearer token; answers 2xx with ``{"id"}``."""

    def send(self, *, number: str, text: str) -> str:
        door = urlsplit(settings.SMS_GATEWAY_URL)
        kind = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}.get(door.scheme)
        if kind is None or not door.hostname:
            raise SmsRefused("没有配置短信网关地址。")
        connection = kind(door.hostname, door.port, timeout=settings.SMS_GATEWAY_TIMEOUT)
        try:
            connection.connect()
        except OSError as error:
            raise SmsRefused("短信网关无法连接。") from error
        try:
            return self._post(connection, door.path or "/", {"mobile": number, "content": text[:LONGEST]})
        finally:
            connection.close()

    def _post(self, connection: http.client.HTTPConnection, path: str, content: dict[str, str]) -> str:
        headers = {
            "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
            "Content-Type": "application/json; charset=utf-8",
        }
        connection.request("POST", path, json.dumps(content).encode(), headers)
        answer = connection.getresponse()
        said = answer.read(4096)
        if 400 <= answer.status < 500:
            raise SmsRefused(f"短信网关拒绝发送（{answer.status}）。")
        if answer.status >= 300:
            raise OSError(f"短信网关出错（{answer.status}）。")
        return _receipt(said)


def _receipt(said: bytes) -> str:
    try:
        found = json.loads(said or b"{}")
    except ValueError:
        return ""
    return str(found.get("id", ""))[:80] if isinstance(found, dict) else ""


def backend() -> SmsBackend:
    """The one that the settings name."""
    return import_string(settings.SMS_BACKEND)()
