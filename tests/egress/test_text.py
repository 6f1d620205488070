"""Names in every script: which glyphs, and in which order."""

import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, text
from PIL import Image

from egress.text import ELLIPSIS, Line, graphemes, shaped, shortened

FAMILY = "👨‍👩‍👧"
SCRIPTS = {
    "Polish": "Świętosława Żółć",
    "Vietnamese": "Nguyễn Thị Ễ",
    "Greek": "Ελένη Παπαδοπούλου",
    "Cyrillic": "Анна Ёлкина Їжак",
    "Georgian": "ნინო",
    "Armenian": "Հայկ",
    "Devanagari": "नरेन्द्र क्षत्रिय",
    "Bengali": "অনির্বাণ চট্টোপাধ্যায়",
    "Gujarati": "પ્રિયા",
    "Gurmukhi": "ਹਰਪ੍ਰੀਤ",
    "Tamil": "தமிழ்ச்செல்வி",
    "Telugu": "లక్ష్మి",
    "Kannada": "ಕೃಷ್ಣ",
    "Malayalam": "കൃഷ്ണൻ",
    "Oriya": "ଓଡ଼ିଆ",
    "Sinhala": "ශ්‍රී ලංකා",
    "Thai": "น้ำผึ้ง",
    "Lao": "ສົມສັກ",
    "Khmer": "ស្ត្រី",
    "Burmese": "အောင်ဆန်း",
    "Ethiopic": "አበበ",
    "Arabic": "محمد عليّ الهاشمي",
    "Persian": "می‌خواهم گچپژ",
    "Urdu": "ٹیپو ڈھڑے",
    "Hebrew": "נועה כהן",
    "Simplified Chinese": "王小明",
    "Traditional Chinese": "張偉國",
    "Japanese": "山田さくら サクラ",
    "with a variation selector": "葛\U000e0100城",
    "Korean": "김민준",
    "emoji": "🦊👩‍🚀👍🏽❤️1️⃣",
    "flags": "🇮🇳🏴󠁧󠁢󠁥󠁮󠁧󠁿",
}


def line(name: str) -> Line:
    return shaped(graphemes(name))


def numbers(name: str) -> list[int]:
    """Of the glyphs, from left to right."""
    return [glyph.number for glyph in line(name).glyphs]


def drawn(name: str) -> bytes:
    image = Image.new("RGB", (400, 40))
    line(name).draw(image, 20, (4, 28), (255, 255, 255))
    return image.tobytes()


# Any script


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS)
def test_every_script_is_drawn_in_letters_of_its_own(name: str) -> None:
    assert "".join(graphemes(name)) == name  # nothing is left out
    assert all(numbers(name))  # glyph 0 is the box
    for grapheme in set(graphemes(name)) - {" "}:
        assert any(drawn(grapheme))


@given(text())
@settings(deadline=None)
def test_no_text_has_boxes(name: str) -> None:
    assert all(numbers(name))


def test_what_no_font_has_is_left_out() -> None:
    assert graphemes("\u0378\U00012000 Ur \U0010fffd!") == list("Ur !")
    assert line("\u0378").glyphs == ()
    assert graphemes("\u3164") == []  # a name that is meant not to be seen


def test_letters_dressed_up_are_drawn_plain_where_no_font_has_them() -> None:
    assert numbers("\U0001d4d0\U0001d4f7\U0001d4f7\U0001d4ea") == numbers("Anna")


def test_spaces_and_breaks_are_one_space() -> None:
    assert graphemes("  a\n\u2028 b\u3000c\t") == list("a b c")


def test_a_chinese_character_looks_as_the_rest_of_the_name_is_read() -> None:
    chinese, japanese = numbers("直"), numbers("直さ")[:1]
    assert chinese != japanese


# Shaping


def test_arabic_letters_are_joined() -> None:
    apart = [number for letter in reversed("محمد") for number in numbers(letter)]
    assert len(numbers("محمد")) == 4
    assert sum(a == b for a, b in zip(numbers("محمد"), apart, strict=True)) == 0


def test_arabic_is_read_from_the_right() -> None:
    assert numbers("محمد")[-1] == numbers("مح")[-1]  # a meem at the beginning of its word
    assert numbers("محمد")[-1] != numbers("م")[-1]


def test_devanagari_conjuncts_are_one_and_a_short_i_stands_before_its_consonant() -> None:
    assert len(numbers("क्ष")) == 1
    assert numbers("कि")[-1] == numbers("क")[0]


def test_marks_stand_on_their_letters_whichever_way_they_are_written() -> None:
    assert numbers("e\u0301") == numbers("é")
    assert line("Ễ").ink().top > line("E").ink().top + 0.2
    assert line("q\u0323").ink().bottom < line("q").ink().bottom
    assert line("q\u0323").width == line("q").width


def test_an_emoji_of_several_people_or_colours_is_one() -> None:
    assert len(numbers(FAMILY)) == len(numbers("👍🏽")) == len(numbers("🇮🇳")) == 1


# Both directions


def test_an_arabic_word_in_a_latin_name_stands_where_it_is_read() -> None:
    space = numbers("a b")[1]
    seen = [*numbers("Anna"), space, *numbers("محمد"), space, *numbers("Lee")]
    assert numbers("Anna محمد Lee") == seen


def test_latin_and_digits_in_an_arabic_name_keep_their_own_direction() -> None:
    seen = numbers("محمد Ali 12")
    assert seen[:6] == [*numbers("Ali 12")]
    assert seen[-4:] == numbers("محمد")


def test_brackets_around_a_latin_word_belong_to_the_arabic_name() -> None:
    seen = numbers("محمد (Ali) 12")
    assert seen[:8] == numbers("12 (Ali)")
    assert seen[-4:] == numbers("محمد")


def test_hebrew_and_its_punctuation_are_mirrored() -> None:
    assert numbers("(כן)") == [*numbers("("), *numbers("כן"), *numbers(")")]
    assert numbers("כן")[-1] == numbers("כ")[0]


def test_nobody_turns_the_letters_of_others_around() -> None:
    assert numbers("\u202eAnna\u202c \u2067Lee") == numbers("Anna Lee")


# Shortening


@pytest.mark.parametrize(
    "name", ["Maximilian " * 9, FAMILY * 20, "क्षत्रिय" * 9, "محمد علي " * 9, "e\u0301" * 90, "x" * 5000]
)
def test_a_long_name_is_shortened_between_letters_with_an_ellipsis(name: str) -> None:
    letters = graphemes(name)
    widths = []
    for count in (3, 10.2, 15):
        short = shortened(name, count)
        assert short.width <= count
        assert any(short == shaped([*letters[:end], ELLIPSIS]) for end in range(len(letters)))
        widths.append(short.width)
    assert widths[0] < widths[1] < widths[2]
    assert shortened(name, 15).width > 12  # no more is cut than must be


def test_the_ellipsis_stands_where_the_reading_ends() -> None:
    [ellipsis] = numbers(ELLIPSIS)
    assert shortened("Maximilian", 4).glyphs[-1].number == ellipsis
    assert shortened("محمد علي الهاشمي", 4).glyphs[0].number == ellipsis


def test_a_name_that_fits_is_whole() -> None:
    assert shortened("Anna", 10) == line("Anna")
    assert shortened("", 0) == line("")


def test_an_endless_name_is_shortened_even_where_it_would_fit() -> None:
    [ellipsis] = numbers(ELLIPSIS)
    assert [glyph.number for glyph in shortened("i" * 201, 1000).glyphs][199:] == [ellipsis]


@given(text(), floats(1.5, 20))
@settings(deadline=None)
def test_no_text_is_wider_than_its_space(name: str, width: float) -> None:
    assert shortened(name, width).width <= width
