from django import forms


class PaletteForm(forms.Form):
    q = forms.CharField(max_length=200, required=False)
