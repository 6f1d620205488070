"""Who is told of LiveKit's news. Applying the same news again changes nothing."""

from datetime import datetime

from calls.ending import close_room
from calls.removal import put_out
from inbox.models import Event
from inbox.news import News, read
from meetings.models import Meeting
from participants.attendance import stay_of
from participants.models import Participant, Stay


def apply(event: Event, now: datetime) -> None:
    """Let an event take effect and mark it; LiveKit is asked, where it must be, outside any transaction."""
    news = read(event.body, event.received_at)
    meeting = Meeting.objects.filter(code=news.room).first()
    if meeting and news.is_of_a_person:
        tell(meeting, news, now)
    Event.objects.filter(pk=event.pk).update(applied_at=now)


def tell(meeting: Meeting, news: News, now: datetime) -> None:
    if news.event == "participant_joined":
        stay = _stay(meeting, news, now)
        keep_out(meeting, stay.participant, now)
    elif news.event == "participant_left":
        _stay(meeting, news, now).leave(news.at)


def _stay(meeting: Meeting, news: News, now: datetime) -> Stay:
    """The stay of the news, made if this is the first that is heard of it, in whichever order news comes."""
    return stay_of(meeting, news.sid, news.identity, news.name, news.joined_at, now)


def keep_out(meeting: Meeting, person: Participant, now: datetime) -> None:
    """Whoever came with an old token into a meeting that is over, or after their removal, is put out."""
    if meeting.over_at(now):
        close_room(meeting)
    elif person.removed_at:
        put_out(person)
