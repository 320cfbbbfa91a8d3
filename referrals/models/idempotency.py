"""That an API request with an Idempotency-Key was carried out, kept so that a retry is not carried out again."""

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """`membership`: whom the person acted as; as another she is another. Empty only in rows from before it was kept.

    `body`: to what it was done, as JSON: a reference or a note's number, and nothing that is said of it.

    `request_hash`: SHA-256 of method, path and body. The same key with another request is refused, not replayed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey("accounts.Membership", null=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "membership", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
