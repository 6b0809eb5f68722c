"""LOGIN: from a NISN, NIS or e-mail and a password to a session."""

import hashlib
import time

from django.contrib.auth import login as start_session
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.http import HttpRequest

from educounsel.accounts.models import User

FREE_FAILURES = 5
WAIT_SECONDS = 30
FAILURES_FORGOTTEN_AFTER = 15 * 60


class SignInRefused(Exception):
    """Why nobody was signed in, as a sentence for the person at the form."""

    sentence = (
        "NISN, NIS, e-mail, atau kata sandinya tidak cocok. Periksa lagi, lalu coba sekali lagi."
    )


class AccountInactive(SignInRefused):
    sentence = "Akun ini sedang tidak aktif. Silakan temui tata usaha atau Guru BK di sekolahmu."


class TooManyFailures(SignInRefused):
    sentence = "Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi."

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


def sign_in(request: HttpRequest, login: str, password: str) -> User:
    """Starts a new session for the one account that both words open. Raises SignInRefused."""
    throttle = Throttle(login, request.META["REMOTE_ADDR"])
    throttle.check()
    user = _opened_by(login, password)
    if user is None:
        throttle.note_failure()
        raise SignInRefused
    if not user.is_active:
        raise AccountInactive
    throttle.forget()
    start_session(request, user)
    return user


def _opened_by(login: str, password: str) -> User | None:
    """None too when two accounts of different schools share NIS and password: neither is proved."""
    candidates = list(User.objects.known_as(login)[:5])
    if not candidates:
        make_password(password)  # so that an unknown login takes as long as a known one
    matches = [user for user in candidates if user.check_password(password)]
    return matches[0] if len(matches) == 1 else None


class Throttle:
    """Five failures for one login from one address, then a wait. Forgotten after a quarter hour.

    The count is read and written without a lock: of many guesses in the same instant a few more
    may pass, which a 30 second wait for the rest makes harmless.
    """

    def __init__(self, login: str, address: str) -> None:
        subject = hashlib.sha256(f"{login.lower()}\n{address}".encode()).hexdigest()
        self.failures_key, self.until_key = f"sign-in:{subject}", f"sign-in-until:{subject}"

    def check(self) -> None:
        """Raises TooManyFailures while the wait lasts, the right password included.

        No wait is longer than it was meant to be, but by a second in which clocks may differ: where
        more is left, the clock was set back meanwhile.
        """
        remaining = cache.get(self.until_key, 0) - time.time()
        if 0 < remaining <= WAIT_SECONDS + 1:
            raise TooManyFailures(seconds=int(remaining) + 1)

    def note_failure(self) -> None:
        """Raises TooManyFailures when this one was the last free one."""
        if self._one_more() >= FREE_FAILURES:
            cache.set(self.until_key, time.time() + WAIT_SECONDS, WAIT_SECONDS)
            cache.delete(self.failures_key)
            raise TooManyFailures(seconds=WAIT_SECONDS)

    def _one_more(self) -> int:
        cache.add(self.failures_key, 0, FAILURES_FORGOTTEN_AFTER)
        try:
            return cache.incr(self.failures_key)
        except ValueError:  # Redis went or came back in between: what counts now begins at one
            cache.set(self.failures_key, 1, FAILURES_FORGOTTEN_AFTER)
            return 1

    def forget(self) -> None:
        cache.delete_many([self.failures_key, self.until_key])
