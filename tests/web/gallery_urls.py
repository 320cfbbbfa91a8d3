"""The product's addresses with the gallery, which production does not serve."""

from django.urls import include, path

from portal.urls import handler400, handler403, handler404, handler500  # noqa: F401
from portal.urls import urlpatterns as product

urlpatterns = [path("gallery/", include("portal.ui.urls")), *product]
