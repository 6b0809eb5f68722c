class ProviderFailed(Exception):
    """The answer did not come, or not whole. Says what happened and nothing of what was written.

    Permanent means that asking again cannot help: a wrong key, a wrong address.
    """

    def __init__(self, what: str, *, is_permanent: bool = False) -> None:
        super().__init__(what)
        self.is_permanent = is_permanent
