from upclass.errors import Problem


class MeetingNotFound(Problem):
    status, code = 404, "meeting_not_found"
    error = "Meeting not found"
    detail = "No meeting with this code exists for this account"


class MeetingNotActive(Problem):
    status, code = 409, "meeting_not_active"
    error = "Meeting is not active"
    detail = "This meeting has already ended, expired or been cancelled."


class MeetingStarted(Problem):
    status, code = 409, "meeting_started"
    error = "Cannot cancel meeting"
    detail = "This meeting has already been started by a participant and cannot be cancelled."
