"""How feedback is given: once per person and meeting, and for good."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from feedback.errors import FeedbackNotAsked, InvalidFeedback, NotThere
from feedback.models import MAX_COMMENTS, MAX_STARS, Feedback
from meetings.models import Meeting
from participants.models import Participant
from upclass.inserting import get_or_insert
from upclass.texts import clean_lines, is_text

STARS = {str(number): number for number in range(1, MAX_STARS + 1)}
NO_RATING = _("Choose one to five stars.")
NO_COMMENTS = _("Write a few words.")
TOO_LONG = _("Write at most 2,000 characters.")
NOT_TEXT = _("This cannot be kept: it has characters that are no text.")


def submit(
    person: Participant, meeting: Meeting, rating: object, comments: object, now: datetime
) -> Feedback:
    """Store a person's feedback for a meeting; submitted again, the first stands, unchanged.

    `rating` is a whole number from 1 to 5 or, as a form sends it, its digit; `comments` are 1-2000
    characters without the space around them. `person` may be their registration for another meeting of
    the same customer, before which they are asked. Raises FeedbackNotAsked, NotThere, InvalidFeedback.
    """
    there = was_there(person, meeting)
    if there is None:
        raise NotThere  # first, for it tells nothing of the meeting
    if not meeting.feedback_required:
        raise FeedbackNotAsked
    stars, words = validated(rating, comments)
    facts = {"participant": there, "rating": stars, "comments": words, "created_at": now}
    who = str(there.external_user_id)
    return get_or_insert(Feedback.objects.all(), facts, meeting=meeting, external_user_id=who)


def was_there(person: Participant, meeting: Meeting) -> Participant | None:
    """This person's last registration by which they were in the meeting; None for guests, too.

    Being let in is enough: feedback may be sent before LiveKit's webhooks of the call are applied.
    """
    if person.external_user_id is None or person.meeting.customer_id != meeting.customer_id:
        return None
    same = Participant.objects.of(meeting).filter(external_user_id=person.external_user_id)
    return same.who_came().last()


def validated(rating: object, comments: object) -> tuple[int, str]:
    """Stars and words as they are kept. Raises InvalidFeedback."""
    stars, words = _stars(rating), _words(comments)
    wrong: dict[str, list[StrOrPromise]] = {
        "rating": [] if stars else [NO_RATING],
        "comments": _wrong_with(words),
    }
    fields = {field: sentences for field, sentences in wrong.items() if sentences}
    if stars is None or fields:
        raise InvalidFeedback(fields)
    return stars, words


def _stars(given: object) -> int | None:
    """True is no number here, and neither is 4.0."""
    if isinstance(given, str):
        return STARS.get(given)
    return given if type(given) is int and given in STARS.values() else None


def _words(given: object) -> str:
    """A form's lines end with two characters where the person, and the form's bound, counted one."""
    return clean_lines(given) if isinstance(given, str) else ""


def _wrong_with(words: str) -> list[StrOrPromise]:
    if not words:
        return [NO_COMMENTS]
    if len(words) > MAX_COMMENTS:
        return [TOO_LONG]
    return [] if is_text(words) else [NOT_TEXT]
