"""Nothing that people see is left untranslated, stale, or unknown to the other side."""

import gettext
import re
from pathlib import Path

import pytest
from django.utils import translation

from join.templatetags.pages import ERROR_ICONS
from join.words import WORDS, words
from local.env import ROOT
from tests.join import catalogues

ROOM = ROOT / "join" / "room"
SCRIPTS = [path for path in ROOM.rglob("*.ts*") if not path.name.endswith(".test.ts")]
TEMPLATES = list((ROOT / "join" / "templates").rglob("*.html"))

# How strangers are not addressed.
FAMILIAR = {
    "de": r"\b(du|dich|dir|dein\w*|euch|euer\w*)\b",
    "fr": r"\b(tu|toi|ton|tes)\b",
    "es": r"\b(tú|te|tu|tus|vosotros)\b",
    "hi": r"(?<!\S)(तुम|तुम्हारा|तुम्हारी|तुम्हारे|तू|तेरा|तेरी)(?!\S)",
}

in_each_language = pytest.mark.parametrize("language", catalogues.LANGUAGES)


def translations(language: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalogues.read(language) if message.id}


@in_each_language
def test_every_sentence_is_translated(language: str) -> None:
    known = translations(language)
    assert sorted(sentence for sentence in catalogues.said() if not known.get(sentence)) == []


@in_each_language
def test_no_translation_is_of_a_sentence_that_nobody_says(language: str) -> None:
    assert sorted(set(translations(language)) - set(catalogues.said())) == []


@in_each_language
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in catalogues.read(language) if message.id and message.fuzzy] == []


@in_each_language
def test_what_is_compiled_is_what_was_written(language: str) -> None:
    with catalogues.po(language).with_suffix(".mo").open("rb") as file:
        compiled = vars(gettext.GNUTranslations(file))["_catalog"]
    assert {key: text for key, text in compiled.items() if key} == translations(language)


@in_each_language
def test_a_translation_has_the_same_places_for_facts(language: str) -> None:
    for sentence, translated in translations(language).items():
        assert sorted(re.findall(r"{\w+}", sentence)) == sorted(re.findall(r"{\w+}", translated)), sentence


@in_each_language
def test_people_are_addressed_politely(language: str) -> None:
    familiar = re.compile(FAMILIAR[language], re.IGNORECASE)
    assert [text for text in translations(language).values() if familiar.search(text)] == []


@pytest.mark.parametrize(
    ("language", "said"), [("de", "Jetzt beitreten"), ("en", "Join now"), ("hi", "अभी शामिल हों")]
)
def test_the_script_is_given_the_language_of_the_moment(language: str, said: str) -> None:
    with translation.override(language):
        assert words()["joinNow"] == said


# What finds the sentences


def test_sentences_are_found_in_code() -> None:
    source = 'x = _("One"); y = gettext_lazy("Two" " and more"); z = other("Three")'
    assert list(catalogues.in_python(source)) == ["One", "Two and more"]


def test_sentences_are_found_in_templates() -> None:
    source = """{% load i18n %}{% if x %}{% translate "One" %}{% endif %}{{ x|default:_("Two") }}
        {{ _("Three") }}{% blocktranslate %}Four {{ x }}{% endblocktranslate %}{% firstof x _("Five") %}"""
    assert sorted(catalogues.in_template(source)) == ["Five", "Four %(x)s", "One", "Three", "Two"]


def test_a_new_sentence_has_no_translation_and_an_old_one_is_dropped() -> None:
    renewed = catalogues.renewed(catalogues.read("de"), {"Join now": {"a"}, "New here": {"b"}})
    kept = {message.id: message.string for message in renewed if message.id}
    assert kept == {"Join now": "Jetzt beitreten", "New here": ""}


# Keys and icons: the script's and ours


def listed(path: Path, name: str) -> set[str]:
    """The strings of a constant list in TypeScript."""
    found = re.search(rf"export const {name} = \[(.*?)\] as const", path.read_text(), re.DOTALL)
    assert found
    return set(re.findall(r'"([\w-]+)"', found[1]))


def literals(paths: list[Path]) -> set[str]:
    return {text for path in paths for text in re.findall(r"[\"']([\w-]+)[\"']", path.read_text())}


def test_the_script_asks_for_the_keys_that_there_are() -> None:
    assert listed(ROOM / "words.ts", "KEYS") == set(WORDS)


def test_every_key_is_asked_for() -> None:
    elsewhere = [path for path in SCRIPTS if path.name != "words.ts"]
    assert sorted(set(WORDS) - literals(elsewhere)) == []


def test_the_script_says_nothing_by_itself() -> None:
    """No text stands between tags, nor in an attribute that is read out."""
    for path in SCRIPTS:
        if path.suffix == ".tsx":
            assert re.findall(r">\s*[A-Z][a-z]+ ?[a-z ]*\s*</", path.read_text()) == [], path
            assert re.findall(r'(?:aria-label|title|placeholder)="', path.read_text()) == [], path


def test_every_icon_is_in_the_sprite() -> None:
    sprite = listed(ROOM / "icons.ts", "ICONS")
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    assert sorted((named | set(ERROR_ICONS.values())) - sprite) == []


def test_the_sprite_has_no_icon_that_nobody_shows() -> None:
    shown = literals([path for path in SCRIPTS if path.name != "icons.ts"] + TEMPLATES)
    assert sorted(listed(ROOM / "icons.ts", "ICONS") - shown - set(ERROR_ICONS.values())) == []
