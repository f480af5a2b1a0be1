from django.urls import path

from providers import views

app_name = "providers"
urlpatterns = [
    path("", views.keys, name="keys"),
    path("models/", views.models, name="models"),
    path("<slug:provider>/", views.key_store, name="key-store"),
    path("<slug:provider>/validate/", views.key_validate, name="key-validate"),
    path("<slug:provider>/forget/", views.key_forget, name="key-forget"),
]
