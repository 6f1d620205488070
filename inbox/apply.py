"""Who is told of LiveKit's news. Applying the same news again, or in another order, changes nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F

from calls.ending import close_room
from calls.removal import put_out
from inbox.models import Event
from inbox.news import News, read
from meetings.models import Meeting
from participants import attendance
from participants.attendance import stay_of
from participants.models import Participant, Stay, StayQuerySet
from recordings import course, starting
from recordings import tasks as recordings
from upclass import egress

ON_ITS_WAY = timedelta(minutes=2)  # by then a join has been told, or seen by the reconciler


class NotYet(Exception):
    """News of somebody of whom nothing is known yet: it waits for the sweep."""


def apply(event: Event, now: datetime) -> None:
    """Let an event take effect and mark it; LiveKit is asked, where it must be, outside any transaction."""
    news = read(event.body, event.received_at)
    meeting = Meeting.objects.filter(code=news.room).first()
    try:
        if meeting and news.event in TELL:
            TELL[news.event](meeting, news, now)
        if news.egress:
            recorded(news, now)
    except NotYet:
        if now - event.received_at < ON_ITS_WAY:
            Event.objects.filter(pk=event.pk).update(tries=F("tries") + 1)
            return
    Event.objects.filter(pk=event.pk).update(applied_at=now)


def room_finished(meeting: Meeting, news: News, now: datetime) -> None:
    attendance.room_finished(meeting, news.at, now)


def joined(meeting: Meeting, news: News, now: datetime) -> None:
    if news.is_of_a_person:
        stay = stay_of(meeting, news, news.at, now)
        Stay.objects.filter(pk=stay.pk).seen(news.at, now)
        keep_out(meeting, stay.participant, now)
        recordings.send(starting.begin(meeting, now))


def left(meeting: Meeting, news: News, now: datetime) -> None:
    if news.is_of_a_person:
        stay = stay_of(meeting, news, news.at, now)
        Stay.objects.filter(pk=stay.pk).left(news.at, now)


def aborted(meeting: Meeting, news: News, now: datetime) -> None:
    """Somebody known has left. It opens no stay: who is not known never came up."""
    _known(meeting, news).left(news.at, now)


def showed(meeting: Meeting, news: News, now: datetime) -> None:
    """News of a track. It opens no stay, for it does not tell whether a person or a machine sent it."""
    _known(meeting, news).seen(news.at, now)


def _known(meeting: Meeting, news: News) -> StayQuerySet:
    """The stay of the news. Raises NotYet while it may be that its joining is still on its way."""
    stays = Stay.objects.of(meeting).filter(sid=news.sid)
    if news.is_of_a_person and not stays.exists():
        raise NotYet
    return stays


TELL: dict[str, Callable[[Meeting, News, datetime], None]] = {
    "participant_joined": joined,
    "participant_left": left,
    "participant_connection_aborted": aborted,
    "track_published": showed,
    "track_unpublished": showed,
    "room_finished": room_finished,
}


def recorded(news: News, now: datetime) -> None:
    """News of an egress, which may be anybody's."""
    told = egress.read(news.egress)
    if told:
        recordings.send(course.hear(told, now))


def keep_out(meeting: Meeting, person: Participant, now: datetime) -> None:
    """Whoever came with an old token into a meeting that is over, or is not wanted any more, is put out."""
    if meeting.over_at(now):
        close_room(meeting)
    elif person.removed_at or person.barred_at:
        put_out(person)
