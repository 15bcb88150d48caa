"""Many requests at once to a few at a time, so that cheap ones go on being answered.

Each page of Datasette's own, SQL that anybody may type among them, may take all
that the limits of one request allow, and a batch of names that are sought nearly
as much. Many at once would take that many times as much, and the threads from
everybody else. So a few of each are made at a time and the others wait for their
turn; how much has been made and not yet been taken by its reader is bounded too.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from heritage.web.limits import Application, Receive, Scope, Send, is_file, refuse

STREAMS = 4
"""Answers that are sent while they are made, such as CSV, at once."""

UNTAKEN = 32_000_000
"""Bytes of answers that were made and that their readers have not taken yet."""

PIECE = 65_536
"""Bytes that are handed on at once; the server waits between them for a slow reader."""

BUSY = "Too many others are asking for much. Try again in a moment."


class _Turns:
    """What is being made and sent at the moment."""

    def __init__(self, at_once: int) -> None:
        self.making = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(at_once))
        self.streams = asyncio.Semaphore(STREAMS)
        self.untaken = 0


class _Sent:
    """One answer on its way: held back until its first bytes are there."""

    def __init__(self, turns: _Turns, send: Send, held: asyncio.Semaphore | None) -> None:
        self._turns = turns
        self._send = send
        self._held = held
        self._start: dict[str, Any] | None = None
        self._is_refused = False

    def release(self) -> None:
        """Let another have the turn that this answer had."""
        held, self._held = self._held, None
        if held is not None:
            held.release()

    async def __call__(self, message: dict[str, Any]) -> None:
        """Send on one message of the application."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            await self._begin(start, len(body), more=more)
        if not self._is_refused:
            await self._pass(body, more=more)

    async def _begin(self, start: dict[str, Any], size: int, *, more: bool) -> None:
        if more and self._held is not None and not is_file(start):
            await self._turns.streams.acquire()
            self.release()
            self._held = self._turns.streams
        else:
            self.release()
        self._is_refused = 0 < self._turns.untaken > UNTAKEN - size
        if self._is_refused:
            await refuse(self._send, 503, BUSY)
        else:
            await self._send(start)

    async def _pass(self, body: bytes, *, more: bool) -> None:
        self._turns.untaken += len(body)
        left = len(body)
        try:
            for at in range(0, max(len(body), 1), PIECE):
                piece = body[at : at + PIECE]
                is_last = at + PIECE >= len(body)
                message = {"type": "http.response.body", "body": piece}
                await self._send({**message, "more_body": more or not is_last})
                left -= len(piece)
                self._turns.untaken -= len(piece)
        finally:
            self._turns.untaken -= left


def at_once(threads: int) -> int:
    """How many answers of each queue are made at once, so that a thread stays free.

    >>> at_once(5), at_once(3), at_once(0)
    (2, 1, 1)
    """
    return max(1, (threads - 1) // 2)


def in_turn(
    application: Application, queue: Callable[[Scope], str | None], making: int
) -> Application:
    """The same application, which makes a few costly answers at a time.

    Args:
        application: What answers.
        queue: In which of two queues a request waits; None where in none.
        making: How many answers of each queue are made at once.
    """
    turns = _Turns(making)

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        name = queue(scope)
        held = None if name is None else turns.making[name]
        if held is not None:
            await held.acquire()
        sent = _Sent(turns, send, held)
        try:
            await application(scope, receive, sent)
        finally:
            sent.release()

    return answered
