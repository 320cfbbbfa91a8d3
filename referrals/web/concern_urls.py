"""Raise a concern: the family's own door, without an account."""

from . import concern

app_name = "concern"
urlpatterns = concern.urls()
