"""What the AI costs a school."""

from django.conf import settings
from django.db import models


class Usage(models.Model):
    """What one answer took. Carries no word of it, and outlives it: money was spent."""

    school = models.ForeignKey("schools.School", models.CASCADE, related_name="+")
    # For the day's limit alone; nobody is shown what one student used.
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()  # by the school's clock
    asked = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    rupiah = models.DecimalField(max_digits=16, decimal_places=6)

    class Meta:
        verbose_name_plural = "pemakaian AI"
        indexes = [
            models.Index(fields=["student", "day"]),
            models.Index(fields=["school", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.day}"
