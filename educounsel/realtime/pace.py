import time


class Pace:
    """Counts what arrives by the second of its arrival."""

    def __init__(self, most_a_second: int) -> None:
        self.most = most_a_second
        self.second, self.count = 0, 0

    def is_broken_by(self, amount: int = 1) -> bool:
        now = int(time.monotonic())
        self.second, self.count = now, amount + (self.count if now == self.second else 0)
        return self.count > self.most
