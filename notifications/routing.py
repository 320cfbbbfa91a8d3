"""The one address of the doorbell."""

from django.urls import path

from .consumer import Doorbell

websocket_urlpatterns = [path("ws/", Doorbell.as_asgi())]
