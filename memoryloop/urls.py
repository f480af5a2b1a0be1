"""Every address of the site; each app brings its own."""

from django.contrib import admin
from django.urls import include, path

from memoryloop.api import api

urlpatterns = [
    path("api/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
