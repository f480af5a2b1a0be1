from django.urls import path

from quiz import views
from quiz.study import views as study

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
    path("goals/skills/<uuid:skill_id>/test/", study.skill_test, name="skill-test"),
    path("goals/skills/<uuid:skill_id>/test/start/", study.skill_test_start, name="skill-test-start"),
    path("goals/skills/<uuid:skill_id>/test/questions/", study.skill_test_questions, name="skill-test-questions"),
    path("goals/skills/<uuid:skill_id>/known/", study.skill_known, name="skill-known"),
    path("goals/skills/<uuid:skill_id>/known/restore/", study.skill_mark_restore, name="skill-mark-restore"),
    path("goals/tests/<uuid:test_id>/answer/", study.question_answer, name="question-answer"),
    path("goals/tests/<uuid:test_id>/undo/", study.question_undo, name="question-undo"),
    path("progress/", views.progress, name="progress"),
    path("settings/review/", views.settings, name="settings"),
]
