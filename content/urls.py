"""The public site's own addresses. All others are pages, and editors name those."""

from django.urls import path

from content.search import search

urlpatterns = [path("search/", search, name="search")]
