"""The inbox's addresses, under /workspace/notifications/."""

from django.urls import path

from . import web

app_name = "notifications"
urlpatterns = [
    path("", web.inbox_page, name="inbox"),
    path("mark/", web.mark, name="mark"),
    path("count/", web.count, name="count"),
    path("<int:number>/", web.open_, name="open"),
]
