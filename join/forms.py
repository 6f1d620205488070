import re
import unicodedata

from django import forms

from join.errors import CodeNeeded, NameNeeded
from upclass.form_fields import LineField


class GuestForm(forms.Form):
    """What a guest of an open meeting enters."""

    name = LineField(max_length=100, error_messages={"required": NameNeeded.detail})


class CodeForm(forms.Form):
    """The code of an invitation as people type it: in any case, with spaces, dashes or dots."""

    code = forms.CharField(max_length=100, error_messages={"required": CodeNeeded.detail})

    def clean_code(self) -> str:
        """As it is kept."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        return re.sub(r"[\W_]", "", typed).upper()
