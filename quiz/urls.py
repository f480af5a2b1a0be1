from django.urls import path

from quiz import views

app_name = "quiz"
urlpatterns = [
    path("review/", views.review, name="review"),
    path("study/", views.review, name="study"),
    path("review/count/", views.review_count, name="review-count"),
    path("review/undo/", views.review_undo, name="review-undo"),
    path("review/<uuid:card_id>/rate/", views.card_rate, name="card-rate"),
    path("review/<uuid:card_id>/suspend/", views.card_suspend, name="card-suspend"),
    path("review/<uuid:card_id>/bury/", views.card_bury, name="card-bury"),
    path("review/<uuid:card_id>/return/", views.card_return, name="card-return"),
    path("progress/", views.progress, name="progress"),
    path("settings/review/", views.settings, name="settings"),
]
