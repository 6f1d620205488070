"""What Django's own fields of forms lack."""

from typing import Any

from django import forms

from upclass.texts import clean_line


class LineField(forms.CharField):
    """One line of text that people read, without what nobody sees."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")
