from django.db import models
from django_ox.models import OxTask


class FailedJobs(models.Manager["FailedJob"]):
    def get_queryset(self) -> models.QuerySet["FailedJob"]:
        return super().get_queryset().filter(status__in=[OxTask.Status.FAILED, OxTask.Status.LOST])


class FailedJob(OxTask):
    """A dead letter: a job that failed at its last try, or whose worker was lost at it."""

    objects = FailedJobs()  # type: ignore[misc]  # the package's model declares none

    class Meta:
        proxy = True
        ordering = ["-finished_at"]
        verbose_name = verbose_name_plural = "pekerjaan yang gagal"
