from django.urls import path

from palette import views

app_name = "palette"
urlpatterns = [path("palette/", views.entry_list, name="entry-list")]
