"""All work that the clock starts. Times are UTC: 19.10 there is 02.10 in Jakarta."""

from datetime import timedelta
from typing import Any

SCHEDULES: dict[str, dict[str, Any]] = {
    "alert the next when nobody has claimed a case": {
        "task": "educounsel.companion.case_tasks.escalate_open_cases",
        "every": timedelta(minutes=1),
    },
    "remind of appointments, the day and the hour before": {
        "task": "educounsel.appointments.tasks.remind_of_appointments",
        "every": timedelta(minutes=1),
    },
    "end the answers whose job was lost": {
        "task": "educounsel.companion.tasks.end_lost_answers",
        "every": timedelta(minutes=1),
    },
    "let offers lapse, and offer what is free to who waits": {
        "task": "educounsel.appointments.tasks.serve_all_waiting",
        "every": timedelta(minutes=1),
    },
    "forget conversations that are old or were for the moment": {
        "task": "educounsel.companion.tasks.forget_conversations",
        "every": timedelta(minutes=5),
    },
    "tell what the AI has cost this month": {
        "task": "educounsel.companion.tasks.tell_what_the_ai_cost",
        "cron": "50 * * * *",
    },
    "tell in one word what quiet hours held back": {
        "task": "educounsel.notifications.tasks.send_digests",
        "every": timedelta(minutes=1),
    },
    "forget how old news was sent": {
        "task": "educounsel.notifications.tasks.forget_deliveries",
        "cron": "30 19 * * *",
    },
    "forget finished jobs": {
        "task": "educounsel.housekeeping.prune_jobs",
        "cron": "10 19 * * *",
    },
    "forget expired sessions": {
        "task": "educounsel.housekeeping.clear_sessions",
        "cron": "20 19 * * *",
    },
}
