class ProviderFailed(Exception):
    """The answer did not come, or not whole. Says what happened and nothing of what was written.

    Permanent means that asking again cannot help: a wrong key, a wrong address. `retry_after` is
    how many seconds the provider asked to be left alone.
    """

    def __init__(
        self, what: str, *, is_permanent: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(what)
        self.is_permanent = is_permanent
        self.retry_after = retry_after
