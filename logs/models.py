"""Entries of the audit trail that MongoDB has not taken yet, beside the users and tokens that they tell of."""

from django.db import models


class WaitingEntry(models.Model):
    """`own` is the hexadecimal id that the entry has in the trail, `entry` what `logs.waiting` makes it of."""

    own = models.CharField(max_length=24, unique=True)
    entry = models.JSONField()

    def __str__(self) -> str:
        return self.own
