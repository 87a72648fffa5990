"""How is something locked so that only its own place opens it, and how is it found unread?

AES-256-GCM. The place (table, column and row, or whatever else names one spot) is authenticated
with the content: what was sealed for one place does not open in another. The id of the key goes in
front, so that many keys open and the newest seals. Nonces are drawn by lot, 96 bits: one key is good
for four thousand million seals.
"""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY: Final = re.compile(r"([a-z0-9]{1,16}):(\S{32,})")
MARK: Final = b":"
NONCE: Final = 12
FIT_FOR_URLS: Final = bytes.maketrans(b"+/", b"-_")
Digest = Callable[[str], str]


class Unfit(ValueError):
    """These keys cannot be used, and why."""


class Unsealable(Exception):
    """It does not open here: changed, moved from another place, or sealed with a key we lack."""


def place(table: str, column: str, *row: object) -> str:
    """The name of one spot in the database: ``candidates_contact.phone:12``."""
    return f"{table}.{column}:{'/'.join(map(str, row))}"


@dataclass(frozen=True, slots=True)
class Keys:
    """A ring of keys: the newest seals, every one opens."""

    newest: str
    ciphers: Mapping[str, AESGCM]

    @classmethod
    def of(cls, said: str) -> Keys:
        """Read ``k2:secret,k1:secret``, the newest first; a secret is 32 characters or longer."""
        found = [KEY.fullmatch(word.strip()) for word in said.split(",")]
        named = {each[1]: _derived(each[2], b"sealing") for each in found if each}
        if len(named) != len(found):
            raise Unfit(
                "Keys are written id:secret,id:secret, the newest first: each id once and of small"
                " letters and digits, each secret of 32 characters or more."
            )
        return cls(next(iter(named)), {key: AESGCM(secret) for key, secret in named.items()})

    def seal(self, text: str, *, place: str) -> str:
        """Lock a text to this place; safe to keep in a column of text."""
        return self.seal_each([(text, place)])[0]

    def seal_each(self, texts: Sequence[tuple[str, str]]) -> list[str]:
        """Lock each text to the place beside it. Lots for all of them are drawn at once: a file of
        people takes twenty thousand."""
        encrypt, begins = self.ciphers[self.newest].encrypt, f"{self.newest}:"
        drawn = os.urandom(NONCE * len(texts))
        sealed = []
        for start, (text, place) in zip(range(0, len(drawn), NONCE), texts, strict=True):
            nonce = drawn[start : start + NONCE]
            locked = nonce + encrypt(nonce, text.encode(), place.encode())
            kept = b2a_base64(locked, newline=False).translate(FIT_FOR_URLS)
            sealed.append(begins + kept.decode())
        return sealed

    def open(self, sealed: str, *, place: str) -> str:
        """The text as it was sealed for this place, or ``Unsealable``."""
        key, _mark, locked = sealed.partition(":")
        try:
            return self._unlock(key, urlsafe_b64decode(locked), place).decode()
        except ValueError as trouble:
            raise Unsealable(f"What is kept at {place} is not whole.") from trouble

    def seal_bytes(self, content: bytes, *, place: str) -> bytes:
        """The same for a file."""
        nonce, locked = self._lock(content, place)
        return b"".join((self.newest.encode(), MARK, nonce, locked))

    def open_bytes(self, sealed: bytes, *, place: str) -> bytes:
        """The file as it was sealed for this place, or ``Unsealable``."""
        key, _mark, locked = sealed.partition(MARK)
        return self._unlock(key.decode(errors="replace"), locked, place)

    def is_newest(self, sealed: str | bytes) -> bool:
        """Whether the newest key sealed it; if not, it is to be sealed again."""
        start = f"{self.newest}:"
        return (
            sealed.startswith(start)
            if isinstance(sealed, str)
            else sealed.startswith(start.encode())
        )

    def _lock(self, content: bytes, place: str) -> tuple[bytes, bytes]:
        nonce = os.urandom(NONCE)
        return nonce, self.ciphers[self.newest].encrypt(nonce, content, place.encode())

    def _unlock(self, key: str, locked: bytes, place: str) -> bytes:
        cipher = self.ciphers.get(key)
        if cipher is None:
            raise Unsealable(f"What is kept at {place} was sealed with a key that is not here.")
        try:
            return cipher.decrypt(locked[:NONCE], locked[NONCE:], place.encode())
        except (InvalidTag, ValueError) as trouble:
            raise Unsealable(
                f"What is kept at {place} was changed, or sealed elsewhere."
            ) from trouble


@dataclass(frozen=True, slots=True)
class Index:
    """Finds equals without reading them: the same text in the same column has the same digest.

    Its keys are no keys of the ring and open nothing. The newest is written, and every one is looked
    for: a digest does not say which key made it, so that a rotation opens each row to make it anew.
    """

    hands: tuple[HMAC, ...]

    @classmethod
    def of(cls, said: str) -> Index:
        """Read ``secret,secret``, the newest first."""
        words = [word.strip() for word in said.split(",")]
        if min(map(len, words)) < 32:  # noqa: PLR2004 - as for the keys of the ring
            raise Unfit("A key of the blind index has 32 characters or more, the newest first.")
        secrets = (_derived(word, b"blind index") for word in words)
        return cls(tuple(HMAC(secret, SHA256()) for secret in secrets))

    def digest(self, text: str, *, about: str) -> str:
        """What the index of this column holds, once it is written."""
        return self.writer(about)(text)

    def writer(self, about: str) -> Digest:
        """``digest`` for the many texts of one column."""
        return _writer(self.hands[0], about)

    def digests(self, text: str, *, about: str) -> list[str]:
        """What to look for in it: what older keys made stands there until it is made anew."""
        return [_writer(hand, about)(text) for hand in self.hands]


def _writer(hand: HMAC, about: str) -> Digest:
    """By copies of what every digest of a column begins with: a file of people takes forty thousand."""
    begun = hand.copy()
    begun.update(f"{about}:".encode())

    def digest(text: str) -> str:
        own = begun.copy()
        own.update(text.encode())
        return own.finalize().hex()

    return digest


def _derived(said: str, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"job connector: " + use).derive(
        said.encode()
    )
