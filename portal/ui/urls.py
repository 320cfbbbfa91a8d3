from django.urls import path

from . import gallery

urlpatterns = [
    path("", gallery.gallery, name="gallery"),
    path("public/", gallery.public, name="gallery-public"),
    path("workspace/", gallery.workspace, name="gallery-workspace"),
]
