"""A user and a password to whether a request carries them."""

from __future__ import annotations

import asyncio
import binascii
import hashlib
import hmac
import secrets
from base64 import b64decode
from enum import Enum, auto

import attrs

from heritage.errors import UsageError

DELAY_SECONDS = 0.5
"""How long a wrong password waits for its answer; while it waits, no other is looked at."""

WAITING = 20
"""Passwords that may wait to be looked at; more are turned away unread."""

LONGEST = 1_000
"""Bytes of a user and a password together."""


class Verdict(Enum):
    """What became of the credentials of a request."""

    NONE = auto()
    WRONG = auto()
    TOO_MANY = auto()
    RIGHT = auto()


@attrs.frozen
class Login:
    """Who may read a private registry.

    Raises:
        UsageError: One of the two is empty, too long, or cannot be sent.
    """

    user: str
    password: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.user or not self.password:
            raise UsageError("a user and a password are given together, and neither is empty")
        if ":" in self.user:
            raise UsageError("the name of a user cannot hold a colon")
        if not (self.user + self.password).isprintable():
            raise UsageError("a user and a password are one line each")
        if len(self.joined) > LONGEST:
            raise UsageError(f"a user and a password have at most {LONGEST} bytes")

    @property
    def joined(self) -> bytes:
        """Both as HTTP Basic sends them, before they are put into base64."""
        return f"{self.user}:{self.password}".encode()


class Lock:
    """What lets in whoever knows a login.

    The password itself is not kept. What was right once is recognised by a
    quick keyed hash; everything else costs a slow one, one at a time.
    """

    def __init__(self, login: Login) -> None:
        self._salt = secrets.token_bytes(16)
        self._hash = self._slow(login.joined)
        self._key = secrets.token_bytes(32)
        self._known = secrets.token_bytes(32)
        self._turn = asyncio.Lock()
        self._waiting = 0

    def _slow(self, joined: bytes) -> bytes:
        return hashlib.scrypt(joined, salt=self._salt, n=2**14, r=8, p=1, dklen=32)

    def _quick(self, joined: bytes) -> bytes:
        return hmac.digest(self._key, joined, "sha256")

    async def verdict(self, authorization: str | None) -> Verdict:
        """What to think of the value of an `Authorization` header."""
        if authorization is None:
            return Verdict.NONE
        joined = _joined(authorization)
        if hmac.compare_digest(self._quick(joined), self._known):
            return Verdict.RIGHT
        if self._waiting >= WAITING:
            return Verdict.TOO_MANY
        self._waiting += 1
        try:
            async with self._turn:
                return await self._looked_at(joined)
        finally:
            self._waiting -= 1

    async def _looked_at(self, joined: bytes) -> Verdict:
        if hmac.compare_digest(await asyncio.to_thread(self._slow, joined), self._hash):
            self._known = self._quick(joined)
            return Verdict.RIGHT
        await asyncio.sleep(DELAY_SECONDS)
        return Verdict.WRONG


def _joined(authorization: str) -> bytes:
    """User and password of a header; nothing for one that holds none."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.casefold() != "basic" or len(rest) > 2 * LONGEST:
        return b""
    try:
        return b64decode(rest.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
