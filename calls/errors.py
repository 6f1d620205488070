"""Why somebody is not let in. Titles and sentences are shown to people, in their language."""

from django.utils.translation import gettext_lazy as _

from feedback.models import FeedbackRequest
from participants.models import Participant
from upclass.errors import Problem


class MeetingHasEnded(Problem):
    status, code = 410, "meeting_ended"
    error = _("This meeting has ended")
    detail = _("The call is over and cannot be joined any more. You can close this page.")


class MeetingHasExpired(Problem):
    status, code = 410, "meeting_expired"
    error = _("This meeting has expired")
    detail = _("The time for this meeting is over. Ask whoever invited you for a new link.")


class MeetingWasCancelled(Problem):
    status, code = 410, "meeting_cancelled"
    error = _("This meeting was cancelled")
    detail = _("It will not take place. Ask whoever invited you if there is another one.")


class UnknownMeeting(Problem):
    status, code = 404, "meeting_not_found"
    error = _("There is no such meeting")
    detail = _("Check the link: a meeting's address ends with three groups of four letters.")


class LinkNotValid(Problem):
    status, code = 403, "link_not_valid"
    error = _("This link does not work")
    detail = _("It may have been copied only in part. Ask whoever invited you for your link.")


class PersonRemoved(Problem):
    status, code = 403, "participant_removed"
    error = _("You were removed from this meeting")
    detail = _("Your link does not work any more. Ask whoever invited you if that was a mistake.")


class PersonBarred(Problem):
    status, code = 403, "participant_barred"
    error = _("A host has removed you from this meeting")
    detail = _("You cannot come back to it. Ask the host if that was a mistake.")


class NotAHost(Problem):
    status, code = 403, "not_a_host"
    error = _("Only hosts can do that")
    detail = _("Hosts mute and remove people and end the meeting for everybody. Your link is not a host's.")


class NotInTheMeeting(Problem):
    """Whoever a host means is not there, or was removed."""

    status, code = 404, "not_in_the_meeting"
    error = _("This person is not in the meeting")
    detail = _("They may have left a moment ago.")


class NotYourself(Problem):
    status, code = 400, "not_yourself"
    error = _("You cannot remove yourself")
    detail = _("To leave the meeting, choose “Leave”.")


class FeedbackOwed(Problem):
    """Of `person`, `feedback_request` is open; its meeting's topic and day (`"2026-03-01"`) are facts."""

    status, code = 403, "feedback_owed"
    error = _("Your feedback comes first")
    detail = _("Tell how an earlier meeting was. Then you can join this one.")

    def __init__(self, person: Participant, feedback_request: FeedbackRequest) -> None:
        self.person, self.feedback_request = person, feedback_request
        super().__init__(topic=feedback_request.meeting.topic, day=feedback_request.day)


class NoCreditsLeft(Problem):
    status, code = 402, "no_credits"
    error = _("This meeting cannot start now")
    detail = _("The account that it belongs to has no credits left. Tell whoever invited you.")


class MeetingFull(Problem):
    status, code = 409, "meeting_full"
    error = _("This meeting is full")
    detail = _("As many people are in the call as it allows. Try again when somebody has left.")


class TooManyGuestsAtOnce(Problem):
    status, code = 429, "too_many_guests_at_once"
    error = _("Many people are joining from where you are")
    detail = _("Wait a few seconds and try again.")
    headers = {"Retry-After": "10"}


class RecordingNoticeMissing(Problem):
    """Admission was asked for by something that did not show that the meeting is recorded."""

    status, code = 409, "recording_not_told"
    error = _("This meeting is recorded")
    detail = _("Load the page again: it tells you so before you come in.")


class JoinedElsewhere(Problem):
    """A page wants to come back by itself; the same person has come in by another since, which wins."""

    status, code = 409, "joined_elsewhere"
    error = _("You joined elsewhere")
    detail = _("This meeting is open in another window or on another device of yours.")


class CallServerUnreachable(Problem):
    status, code = 503, "call_server_unreachable"
    error = _("The call cannot be reached")
    detail = _("Our call server does not answer at the moment. Wait a little and try again.")
