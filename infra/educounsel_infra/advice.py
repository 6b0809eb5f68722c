"""What an alarm says: the first thing to do, and the heading of docs/runbook.md that says more."""

from enum import Enum


class Advice(Enum):
    OUTSIDE = ("Nobody reaches us", "Open /readyz in a browser: it names the part that is away.")
    PAGES = ("Pages fail or are slow", "Read the log by level ERROR; a new release: go back.")
    MACHINE = ("A machine does not answer", "Auto Scaling replaces it; see why in its log.")
    TOO_FEW = ("Too few machines", "Look at the group's activity: what fails at the start?")
    WORN = ("A machine is worn out", "Take more or larger machines: config.py.")
    QUEUE = ("Jobs wait", "See that workers run; call the Guru BK on duty, as alerts are late.")
    FAILED_JOBS = ("Jobs failed", "See why at /admin/operations/failedjob/, then run them again.")
    AI_BUDGET = ("The AI has cost much", "See which school it was; its budget ends it by itself.")
    DATABASE = ("The database is worn out", "See its heaviest statements in Database Insights.")
    STORAGE = ("The database's storage runs out", "Give it more storage today.")
    VALKEY = ("Valkey is worn out", "Take a larger node: config.py.")
    BACKUP = ("A backup failed", "Read why in AWS Backup, repair it, and start one by hand.")
    CERTIFICATE = ("A certificate ends", "Put its validation record back into the zone.")

    @property
    def heading(self) -> str:
        return self.value[0]

    @property
    def words(self) -> str:
        heading, first = self.value
        return f'{first} More: docs/runbook.md, "{heading}"'
