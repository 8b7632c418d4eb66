"""How a person is reached: their own to change."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from audit.services import record
from core.cipher import decrypt, encrypt, mask
from core.errors import Problem, check

MOBILE = re.compile(r"1[3-9][0-9]{9}")


@transaction.atomic
def set_contacts(*, by: User, email: str, number: str | None) -> User:
    """One's own e-mail address, and mobile number (``None`` leaves it, empty removes it); the number never enters the
    record.

    Raises:
        DomainError: not an address, or not a mobile number.
    """
    email, digits = email.strip(), re.sub(r"[\s-]", "", number or "")
    check([*_email_problems(email), *_number_problems(digits)])
    user = User.objects.select_for_update().get(pk=by.pk)
    before = {"email": user.email, "number": decrypt(user.phone_cipher)}
    after = {"email": email, "number": before["number"] if number is None else digits}
    user.email = email
    if number is not None:
        user.phone_cipher = encrypt(digits)
    user.save(update_fields=["email", "phone_cipher"])
    if before != after:
        record(
            kind="accounts.contacts_changed",
            by=by,
            unit=by.unit,
            obj=user,
            summary=f"修改{user.name}（{user.username}）的联系方式",
            data=_changed(before, after),
        )
    return user


def _changed(before: dict[str, str], after: dict[str, str]) -> dict[str, Any]:
    found = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    return {
        name: {"old": mask(old), "new": mask(new)} if name == "number" else {"old": old, "new": new}
        for name, (old, new) in found.items()
    }


def _email_problems(email: str) -> list[Problem]:
    if not email:
        return []
    try:
        validate_email(email)
    except ValidationError:
        return [Problem("bad_email", "请填写正确的电子邮箱，如 name@example.cn。", "email")]
    return []


def _number_problems(digits: str) -> list[Problem]:
    if not digits or MOBILE.fullmatch(digits):
        return []
    return [Problem("bad_number", "请填写11位手机号码。", "number")]
