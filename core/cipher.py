"""Encryption at rest of telephone numbers, with a keyed digest for exact-match search."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

#: Seven of a mobile number's digits are shown; seven of a local number's would be all of it.
MOBILE_DIGITS, LOCAL_DIGITS = 11, 7


@lru_cache(maxsize=4)
def _ciphers(keys: tuple[str, ...], secret: str) -> tuple[MultiFernet, bytes]:
    material = keys or (
        base64.urlsafe_b64encode(hashlib.sha256(f"field:{secret}".encode()).digest()).decode(),
    )
    pepper = hashlib.sha256(f"digest:{material[-1]}".encode()).digest()
    return MultiFernet([Fernet(key) for key in material]), pepper


def _current() -> tuple[MultiFernet, bytes]:
    return _ciphers(tuple(settings.FIELD_KEYS), settings.SECRET_KEY)


def encrypt(plain: str) -> str:
    """Ciphertext of ``plain``; empty stays empty."""
    return _current()[0].encrypt(plain.encode()).decode() if plain else ""


def decrypt(token: str) -> str:
    """Plain text of ``token``; empty stays empty. A token of a lost key reads as empty."""
    if not token:
        return ""
    try:
        return _current()[0].decrypt(token.encode()).decode()
    except InvalidToken:
        return ""


def digest(plain: str) -> str:
    """Keyed digest of the number's digits, equal for equal numbers; empty stays empty.

    The pepper hangs on the oldest key, so that rotating keys (newest first) keeps the search working.
    """
    digits = re.sub(r"\D", "", plain)
    return hmac.digest(_current()[1], digits.encode(), "sha256").hex() if digits else ""


def mask(plain: str) -> str:
    """13812345678 → 138****5678; of a shorter number the last two digits alone: 8234567 → ****67."""
    if len(plain) >= MOBILE_DIGITS:
        return f"{plain[:3]}****{plain[-4:]}"
    shown = plain[-2:] if len(plain) >= LOCAL_DIGITS else ""
    return f"****{shown}" if plain else ""
