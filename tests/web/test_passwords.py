"""A login opens, and everything else costs whoever tries it."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.errors import UsageError
from heritage.web import passwords
from heritage.web.passwords import Lock, Login, Verdict

pytestmark = pytest.mark.anyio

LOGIN = Login("samira", "صندوق: open")


def basic(user: str, password: str) -> str:
    """The value of a header that carries a login."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture(scope="module")
def lock() -> Lock:
    """What the login above opens."""
    return Lock(LOGIN)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong passwords that wait for no time."""
    monkeypatch.setattr(passwords, "DELAY_SECONDS", 0)


async def test_the_right_password_opens_and_is_known_the_next_time(lock: Lock) -> None:
    right = basic(LOGIN.user, LOGIN.password)

    assert Verdict.RIGHT is await lock.verdict(right)
    begun = time.perf_counter()
    found = [await lock.verdict(right.replace("Basic", "basic")) for _ in range(100)]
    assert {Verdict.RIGHT} == set(found)
    assert 1 > time.perf_counter() - begun


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !",
        "Basic ====",
        "Bearer c2FtaXJh",
        basic("samira", ""),
        basic("samira", "open"),
        basic("", LOGIN.password),
        basic("samir", f"a:{LOGIN.password}"),
        basic("Samira", LOGIN.password),
        basic(LOGIN.user, LOGIN.password)[:-4],
        basic(LOGIN.user, LOGIN.password).removeprefix("Basic "),
        "Basic " + "A" * 100_000,
        "Basic \u0660",
    ],
)
async def test_nothing_but_the_password_opens(lock: Lock, header: str) -> None:
    assert Verdict.WRONG is await lock.verdict(header)


async def test_without_a_header_nobody_waits(lock: Lock) -> None:
    assert Verdict.NONE is await lock.verdict(None)


async def test_wrong_passwords_wait_for_each_other_and_too_many_are_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "DELAY_SECONDS", 0.05)
    monkeypatch.setattr(passwords, "WAITING", 4)
    lock = Lock(LOGIN)
    begun = time.perf_counter()
    found = await asyncio.gather(*(lock.verdict(basic("samira", f"{n}")) for n in range(10)))

    assert 4 == found.count(Verdict.WRONG)
    assert 6 == found.count(Verdict.TOO_MANY)
    assert 4 * 0.05 <= time.perf_counter() - begun
    assert Verdict.RIGHT is await lock.verdict(basic(LOGIN.user, LOGIN.password))


async def test_who_was_let_in_is_not_held_up_by_those_who_guess(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "WAITING", 2)
    lock, right = Lock(LOGIN), basic(LOGIN.user, LOGIN.password)
    await lock.verdict(right)
    guesses = [asyncio.ensure_future(lock.verdict(basic("samira", f"{n}"))) for n in range(3)]
    await asyncio.sleep(0)

    assert Verdict.RIGHT is await lock.verdict(right)
    assert not all(guess.done() for guess in guesses)
    await asyncio.gather(*guesses)


def test_a_password_is_not_kept_and_not_shown(lock: Lock) -> None:
    kept = [value for value in vars(lock).values() if isinstance(value, bytes)]

    assert kept
    assert not any(LOGIN.password.encode() in value for value in kept)
    assert LOGIN.password not in repr(LOGIN)


@pytest.mark.parametrize(
    ("user", "password", "reason"),
    [
        ("", "open", "neither is empty"),
        ("samira", "", "neither is empty"),
        ("sam:ira", "open", "colon"),
        ("samira", "open\nclosed", "one line"),
        ("samira", "a" * 1000, "at most 1000 bytes"),
    ],
)
def test_a_login_that_cannot_be_sent_is_refused(user: str, password: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        Login(user, password)


@settings(max_examples=5)
@given(
    user=st.text("aé٣ -", min_size=1, max_size=20),
    password=st.text("aé٣: -", min_size=1, max_size=20),
)
async def test_any_login_opens_its_own_lock(user: str, password: str) -> None:
    assert Verdict.RIGHT is await Lock(Login(user, password)).verdict(basic(user, password))
