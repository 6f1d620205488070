"""Fields of the admin's forms that take what the API would: shown texts, and numbers in ASCII digits."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import models

from upclass.form_fields import LineField
from upclass.numbers import is_integer, parse_decimal


class DigitsField(forms.IntegerField):
    """A whole number; Django's own would also take `1_0`."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip() and not is_integer(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DecimalDigitsField(forms.DecimalField):
    """A number with decimals; Django's own would also take `1_0`."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip() and parse_decimal(value.strip()) is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


# For `formfield_overrides`.
STRICT: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.CharField: {"form_class": LineField},
    models.SlugField: {"widget": AdminTextInputWidget},  # a CharField with a rule of its own
    models.IntegerField: {"form_class": DigitsField},
    models.DecimalField: {"form_class": DecimalDigitsField},
}
