"""A child's register marks as somebody gave them to us, kept whole: figures are computed from them, never stored."""

from django.conf import settings
from django.db import models


class Marks(models.Model):
    """`text` is the canonical form of portal.register.packed; the newest row for a child is the one shown."""

    child = models.ForeignKey("referrals.Child", on_delete=models.CASCADE, related_name="marks")
    school = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    first_day = models.DateField()
    last_day = models.DateField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "marks"
        indexes = [models.Index(fields=["child", "-id"])]

    def __str__(self) -> str:
        return f"marks {self.pk}"
