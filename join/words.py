"""Every sentence that the pages' script shows, by the key under which join/room/words.ts asks for it.

`{name}` stands for what the script puts in.
"""

from django.utils.translation import gettext_lazy as _

WORDS = {
    # The way in
    "meeting": _("Meeting"),
    "hello": _("Hello, {name}"),
    "joinAs": _("You join as {name}."),
    "notYou": _("Not you? Enter your code"),
    "changeName": _("Change name"),
    "yourName": _("Your name"),
    "nameHint": _("This is how the others will see you."),
    "nameNeeded": _("Please enter your name."),
    "next": _("Continue"),
    "recorded": _("This meeting is recorded"),
    "recordedDetail": _(
        "Picture and sound of everybody in it are kept for the organiser. By joining, you take part in "
        "the recording."
    ),
    "joinNow": _("Join now"),
    "joining": _("Joining …"),
    "goInWithout": _("Go in without camera and microphone"),
    # Camera, microphone, speaker
    "cameraStarting": _("Starting your camera …"),
    "allowHint": _("If your browser asks whether this page may use camera and microphone, choose “Allow”."),
    "cameraIsOff": _("Camera is off"),
    "cameraOff": _("Camera off"),
    "cameraOn": _("Camera on"),
    "mute": _("Mute"),
    "unmute": _("Unmute"),
    "camera": _("Camera"),
    "microphone": _("Microphone"),
    "speaker": _("Speaker"),
    "level": _("Microphone level"),
    "testSound": _("Play a test sound"),
    "testSoundPlaying": _("Playing …"),
    # What cannot be used, and what helps
    "noCamera": _("Your camera cannot be used"),
    "noMicrophone": _("Your microphone cannot be used"),
    "noCameraNoMicrophone": _("Your camera and microphone cannot be used"),
    "allowInChromium": _(
        "They are blocked for this page. Click the icon to the left of the address, allow camera and "
        "microphone, and load the page again."
    ),
    "allowInFirefox": _(
        "They are blocked for this page. Click the crossed-out camera or microphone beside the address, "
        "remove the block, and load the page again."
    ),
    "allowInSafari": _(
        "They are blocked for this page. In the menu, open Safari, “Settings for This Website”, allow "
        "camera and microphone, and load the page again."
    ),
    "allowOnIos": _(
        "They are blocked for this page. Tap the icon beside the address, then “Website Settings”, allow "
        "camera and microphone, and load the page again."
    ),
    "allowAnywhere": _(
        "They are blocked for this page. Allow camera and microphone in your browser's settings for this "
        "page, and load it again."
    ),
    "missingHelp": _("None was found. Plug one in, or switch it on: this page notices by itself."),
    "busyHelp": _(
        "Another program seems to be using it. Close other calls and programs with camera or microphone, "
        "then try again."
    ),
    "insecureHelp": _(
        "Browsers allow camera and microphone on secure pages only. Open this page by an address that "
        "begins with https://."
    ),
    "unansweredHelp": _(
        "There is no answer yet. If your browser asks whether this page may use it, choose “Allow”. "
        "Otherwise unplug it, plug it in again, or start the browser anew."
    ),
    "unknownHelp": _("Your browser did not say why. Try again, or start the browser anew."),
    "notStarted": _("This one could not be started. The one before is still in use."),
    "embedded": _("This page stands inside another one, which may hold back camera and microphone."),
    "openAlone": _("Open in a window of its own"),
    "joinAllTheSame": _("You can join all the same, and see and hear the others."),
    "tryAgain": _("Try again"),
    # In the call
    "call": _("Call"),
    "you": _("{name} (you)"),
    "guest": _("Guest"),
    "muted": _("muted"),
    "reconnecting": _("Connection interrupted, reconnecting …"),
    "soundHeldBack": _("Your browser holds back the sound: click to hear the others"),
    "leave": _("Leave"),
    # In the call: the stage and its bar
    "share": _("Share screen"),
    "stopSharing": _("Stop sharing"),
    "youShare": _("You are showing your screen to everybody."),
    "shareFailed": _("Your screen cannot be shared: the browser gave no picture of it."),
    "raiseHand": _("Raise hand"),
    "lowerHand": _("Lower hand"),
    "chat": _("Chat"),
    "unread": _("{count} unread"),
    "people": _("People"),
    "more": _("More"),
    "gridView": _("Grid view"),
    "speakerView": _("Speaker view"),
    "fullScreen": _("Full screen"),
    "leaveFullScreen": _("Leave full screen"),
    "settings": _("Settings"),
    "shortcuts": _("Keyboard shortcuts"),
    "endForAll": _("End for everybody"),
    "pin": _("Pin {name}"),
    "unpin": _("Unpin {name}"),
    "pictures": _("Pictures"),
    "screenOf": _("Screen of {name}"),
    "hand": _("hand raised"),
    "connectionWeak": _("weak connection"),
    "connectionGone": _("connection interrupted"),
    "recording": _("Recording"),
    "timeLeft": _("{time} left"),
    "alone": _("Nobody else is here yet."),
    "nowMuted": _("You are muted."),
    "nowHeard": _("You can be heard."),
    "nowSeen": _("You can be seen."),
    "handUp": _("Your hand is raised."),
    "handDown": _("Your hand is lowered."),
    "previousPage": _("Previous page"),
    "nextPage": _("Next page"),
    "pageOf": _("{page} of {pages}"),
    # In the call: keyboard, settings
    "close": _("Close"),
    "keyMicrophone": _("Microphone on or off"),
    "keyTalk": _("Speak while muted, for as long as you hold it"),
    "keyCamera": _("Camera on or off"),
    "keyShare": _("Share your screen, or stop sharing"),
    "keyHand": _("Raise or lower your hand"),
    "keyChat": _("Open or close the chat"),
    "keyPeople": _("Open or close the list of people"),
    "keyView": _("Change between grid and speaker view"),
    "keyFullScreen": _("Full screen on or off"),
    "keyList": _("Show this list"),
    "keyClose": _("Close what is open: panel, menu or dialog"),
    "keySpace": _("Space"),
    "keyEscape": _("Esc"),
    "singleKeys": _("Use single keys as shortcuts"),
    "singleKeysDetail": _(
        "They never act while you type. Switch them off if you control your computer by "
        "voice, or hit keys by accident."
    ),
    "notHeard": _("The others cannot hear you at the moment. If that lasts, leave and join again."),
    "notSeen": _("The others cannot see you at the moment. If that lasts, leave and join again."),
    "wasHeard": _("Attention: the others could still hear you although you were muted. They no longer can."),
    "wasSeen": _(
        "Attention: the others could still see you although your camera was off. They no longer can."
    ),
    "mutedSpeech": _("You are muted: nobody hears you."),
    "mutedSpeechKey": _("You are muted: nobody hears you. Press {key} to unmute."),
    "microphoneGone": _("Your microphone was disconnected."),
    "microphoneInstead": _("Your microphone was disconnected. Now in use: {device}"),
    "microphoneFound": _("A microphone was found. It is muted."),
    "cameraGone": _("Your camera was disconnected."),
    "cameraInstead": _("Your camera was disconnected. Now in use: {device}"),
    "cameraFound": _("A camera was found. It is off."),
    # In the call: chat, hands, people
    "message": _("Message"),
    "send": _("Send"),
    "charactersLeft": _("Characters left: {count}"),
    "noMessages": _("No messages yet"),
    "noMessagesDetail": _(
        "Only those who are here at that moment see what is written. Nothing of it is kept after the call."
    ),
    "newMessages": _("New messages"),
    "notSent": _("This was not sent. Check your connection and try again."),
    "saidBy": _("{name}: {text}"),
    "peopleCount": _("People ({count})"),
    "searchPeople": _("Search people"),
    "copyLink": _("Copy link"),
    "linkCopied": _("The link is copied. Whoever has it can join."),
    "linkCopiedCode": _("The link is copied. Whoever opens it is asked for a code."),
    "meetingLink": _("Link to this meeting"),
    "nobodyFound": _("Nobody of that name is here."),
    "host": _("Host"),
    "microphoneOn": _("microphone on"),
    "muteOne": _("Mute {name}"),
    "muteEverybody": _("Mute everybody"),
    "isMuted": _("{name} is muted."),
    "everybodyMuted": _("Everybody is muted."),
    "lowerHandOf": _("Lower {name}'s hand"),
    "removeOne": _("Remove {name}"),
    "removeAsk": _("Remove {name}?"),
    "removeDetail": _("{name} will be disconnected, and cannot come back with the same link."),
    "remove": _("Remove"),
    "wasRemoved": _("{name} was removed."),
    "cancel": _("Cancel"),
    "endAsk": _("End the meeting for everybody?"),
    "endDetail": _("Everybody will be disconnected, and nobody can join this meeting again."),
    "others": _("{count} others"),
    "joinedOne": _("{name} joined"),
    "joinedSeveral": _("{names} joined"),
    "leftOne": _("{name} left"),
    "leftSeveral": _("{names} left"),
    "sharesScreen": _("{name} is sharing a screen."),
    "sharesNoMore": _("{name} stopped sharing."),
    "raisedHand": _("{name} raised a hand."),
    "handLowered": _("A host lowered your hand."),
    "mutedByHost": _("A host muted you."),
    "recordingBegan": _("Recording has started."),
    "recordingEnded": _("Recording has stopped."),
    "connectedAgain": _("You are connected again."),
    "minutesLeft": _("The meeting ends in {count} minutes."),
    "minuteLeft": _("The meeting ends in one minute."),
    # How it ends
    "left": _("You left the meeting"),
    "leftDetail": _("You can come back as long as it lasts."),
    "elsewhere": _("You joined elsewhere"),
    "elsewhereDetail": _("This meeting is open in another window or on another device of yours."),
    "removed": _("You were removed from this meeting"),
    "removedDetail": _("Ask whoever invited you if that was a mistake."),
    "closed": _("The call was closed"),
    "closedDetail": _("Everybody was disconnected. You can join again if the meeting goes on."),
    "lost": _("The connection was lost"),
    "lostDetail": _("Check your connection, then join again."),
    "asleep": _("You were away"),
    "asleepDetail": _("This device slept for a while. Join again when you want to be seen and heard."),
    "joinAgain": _("Join again"),
    "joinHere": _("Join here instead"),
    "noCall": _("The call cannot be reached"),
    "noCallDetail": _(
        "No connection to our call server came about. A firewall may be in the way; try another network."
    ),
    "unreachable": _("We cannot be reached"),
    "unreachableDetail": _(
        "Your connection or our server is interrupted. Check your connection and try again."
    ),
    "failed": _("This did not work"),
    "failedDetail": _("The server answered {status}. Load the page again, and try once more."),
    "tooOld": _("Your browser is too old for calls"),
    "tooOldDetail": _(
        "Bring it up to date, or open this link in a current version of Chrome, Edge, Firefox or Safari."
    ),
    # Feedback
    "howWasIt": _("How was it?"),
    "yourRating": _("Your rating"),
    "star1": _("1 star"),
    "star2": _("2 stars"),
    "star3": _("3 stars"),
    "star4": _("4 stars"),
    "star5": _("5 stars"),
    "yourComments": _("Your comments"),
    "ratingNeeded": _("Choose one to five stars."),
    "commentsNeeded": _("Write a few words."),
    "sendFeedback": _("Send feedback"),
    "sending": _("Sending …"),
    "skip": _("Skip"),
    "thanks": _("Thank you"),
    "thanksDetail": _("Your feedback has arrived. You can close this page."),
}


def words() -> dict[str, str]:
    """All of them in the language of the moment."""
    return {key: str(sentence) for key, sentence in WORDS.items()}
