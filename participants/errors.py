from upclass.errors import Problem
from upclass.texts import escaped


class MeetingNotSecured(Problem):
    status, code = 400, "meeting_not_secured"
    error = "Meeting is not secured"
    detail = (
        "Participant registration is only available for secured meetings. "
        "Enable is_secured when creating the meeting."
    )


class AlreadyRegistered(Problem):
    status, code = 409, "participant_already_registered"
    error = "Participant already registered"

    def __init__(self, external_user_id: str) -> None:
        super().__init__(
            f'A participant with external_user_id "{escaped(external_user_id)}" '
            "is already registered for this meeting"
        )


class ParticipantNotFound(Problem):
    status, code = 404, "participant_not_found"
    error = "Participant not found"
    detail = "No participant with this external_user_id is registered for this meeting"
