"""The forms of a test."""

from django import forms


class AnswerForm(forms.Form):
    """`number` is that of the question that the user saw, from 0."""

    number = forms.IntegerField(min_value=0)
    known = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")
