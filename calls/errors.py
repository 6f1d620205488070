"""Why somebody is not let in. Titles and sentences are shown to people."""

from upclass.errors import Problem


class MeetingHasEnded(Problem):
    status, code = 410, "meeting_ended"
    error = "This meeting has ended"
    detail = "The call is over and cannot be joined any more. You can close this page."


class MeetingHasExpired(Problem):
    status, code = 410, "meeting_expired"
    error = "This meeting has expired"
    detail = "The time for this meeting is over. Ask whoever invited you for a new link."


class MeetingWasCancelled(Problem):
    status, code = 410, "meeting_cancelled"
    error = "This meeting was cancelled"
    detail = "It will not take place. Ask whoever invited you if there is another one."


class UnknownMeeting(Problem):
    status, code = 404, "meeting_not_found"
    error = "There is no such meeting"
    detail = "Check the link: a meeting's address ends with three groups of four letters."


class LinkNeeded(Problem):
    status, code = 403, "link_needed"
    error = "This meeting is by personal link only"
    detail = "Open the link that was sent to you. Each guest of this meeting has one of their own."


class LinkNotValid(Problem):
    status, code = 403, "link_not_valid"
    error = "This link does not work"
    detail = "It may have been copied only in part. Ask whoever invited you for your link."


class PersonRemoved(Problem):
    status, code = 403, "participant_removed"
    error = "You were removed from this meeting"
    detail = "Your link does not work any more. Ask whoever invited you if that was a mistake."


class NoCreditsLeft(Problem):
    status, code = 402, "no_credits"
    error = "This meeting cannot start now"
    detail = "The account that it belongs to has no credits left. Tell whoever invited you."


class MeetingFull(Problem):
    status, code = 409, "meeting_full"
    error = "This meeting is full"
    detail = "As many people are in the call as it allows. Try again when somebody has left."


class CallServerUnreachable(Problem):
    status, code = 503, "call_server_unreachable"
    error = "The call cannot be reached"
    detail = "Our call server does not answer at the moment. Wait a little and try again."
