"""Translations: what the code says is in locale/*/LC_MESSAGES/django.po, and in .mo as the service reads it.

Run as a program (`make words`), it writes both anew: new sentences are added without a translation, which a
test then finds; those that nobody says any more are dropped.
"""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Node, Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.functional import Promise

from local.env import ROOT

LANGUAGES = ("hi", "de", "fr", "es")
APPS = ("calls", "feedback", "join")  # whose sentences people see
# The same at every writing, so that only sentences make a difference.
HEADER = "# Upclass Meet's pages. `make words` writes this file: change only what stands after msgstr."
DAY = datetime(2026, 11, 22, tzinfo=UTC)
NOBODY = " "
MARKS = {"_", "gettext", "gettext_lazy"}


def po(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


# What the code says


def said() -> dict[str, set[str]]:
    """Every sentence, and the files in which it stands."""
    found: dict[str, set[str]] = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            _note(found, path, in_python(path.read_text()))
        for path in sorted((ROOT / app).rglob("templates/**/*.html")):
            _note(found, path, in_template(path.read_text()))
    return found


def _note(found: dict[str, set[str]], path: Path, sentences: Iterator[str]) -> None:
    for sentence in sentences:
        found.setdefault(sentence, set()).add(str(path.relative_to(ROOT)))


def in_python(source: str) -> Iterator[str]:
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS:
            [sentence] = call.args
            yield ast.literal_eval(sentence)


def in_template(source: str) -> Iterator[str]:
    """`{% translate %}`, `{% blocktranslate %}`, and `_("…")` as an argument or after a filter's colon."""
    for node in Template(source).nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            yield str(node.filter_expression.var.literal)
        elif isinstance(node, BlockTranslateNode):
            yield node.render_token_list(node.singular)[0]
        else:
            yield from _arguments(node)


def _arguments(node: Node) -> Iterator[str]:
    for expression in [getattr(node, "filter_expression", None), *getattr(node, "vars", ())]:
        filters = getattr(expression, "filters", ())
        given = [argument for _, arguments in filters for _, argument in arguments]
        values = [getattr(expression, "var", None), *given]
        yield from (str(value) for value in values if isinstance(value, Promise))


# What the catalogues say


def read(language: str) -> Catalog:
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def renewed(old: Catalog, sentences: dict[str, set[str]]) -> Catalog:
    """The same translations for what is said now, in the order of the files."""
    new = Catalog(
        old.locale,
        header_comment=HEADER,
        project="Upclass Meet",
        version="1",
        msgid_bugs_address=NOBODY,
        last_translator=NOBODY,
        language_team=NOBODY,
        creation_date=DAY,
        revision_date=DAY,
        charset="utf-8",
        fuzzy=False,
    )
    for sentence, files in sorted(sentences.items(), key=lambda item: (min(item[1]), item[0])):
        known = old.get(sentence)
        places = [(file, 0) for file in sorted(files)]
        new.add(sentence, known.string if known else "", locations=places)
    return new


def write(language: str) -> None:
    path = po(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    old = read(language) if path.exists() else Catalog(locale=language)
    new = renewed(old, said())
    with path.open("wb") as file:
        write_po(file, new, width=0, omit_header=False, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(new))


if __name__ == "__main__":
    django.setup()
    for name in LANGUAGES:
        write(name)
