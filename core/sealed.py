"""A telephone number on a row: encrypted, with its digest for the search and its mask for everyone's eyes."""

from __future__ import annotations

from django.db import models

from core.cipher import decrypt, digest, encrypt, mask


class SealedPhone(models.Model):
    """Abstract: the columns of one number, written together."""

    phone_cipher = models.TextField(blank=True, editable=False)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False)
    phone_mask = models.CharField("电话", max_length=20, blank=True, editable=False)

    class Meta:
        abstract = True

    def seal_phone(self, phone: str) -> None:
        """Keep ``phone``; empty forgets the number."""
        self.phone_cipher, self.phone_digest, self.phone_mask = encrypt(phone), digest(phone), mask(phone)

    @property
    def phone(self) -> str:
        """In plain digits: only for who may unmask it, after it was recorded that they did."""
        return decrypt(self.phone_cipher)

    @property
    def phone_masked(self) -> str:
        return self.phone_mask or mask(self.phone)
