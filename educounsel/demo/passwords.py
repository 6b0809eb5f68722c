"""Passwords of the demo accounts: worked out from this installation's secret, stored nowhere.

Nobody who does not hold the secret key can know them, and no two installations share one.
"""

from django.utils.crypto import salted_hmac

FIRST = ("angin", "awan", "bintang", "bukit", "embun", "fajar", "hujan", "kabut")
SECOND = ("biru", "cerah", "hangat", "jernih", "lembut", "riang", "tenang", "teduh")


def demo_password(login: str) -> str:
    """Two words and four digits, easy to type on a phone: "embun-tenang-4821"."""
    number = int.from_bytes(salted_hmac("educounsel.demo", login, algorithm="sha256").digest()[:8])
    number, first = divmod(number, len(FIRST))
    number, second = divmod(number, len(SECOND))
    return f"{FIRST[first]}-{SECOND[second]}-{number % 10_000:04}"
