from django import forms


class UseForm(forms.Form):
    use = forms.TypedChoiceField(choices=[("true", ""), ("false", "")], coerce=lambda value: value == "true")
