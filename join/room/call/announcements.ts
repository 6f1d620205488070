/** What happens in the call, told to those who do not look. */

import { effect, signal, untracked } from "@preact/signals";
import { say } from "../words";
import { announce, tell } from "./announcer";
import { messages, watchChat } from "./chat";
import {
  areOthersKnown,
  endsAt,
  isRecording,
  isSoundAllowed,
  link,
  mutedByHost,
  people,
  room,
  shares,
} from "./connection";
import { hands, loweredByHost, watchHands } from "./hands";
import { panel } from "./panels";
import { type Names, type Pauses, Presence } from "./presence";
import { sentence, shortened } from "./sentences";
import { watchMinutes } from "./time-warnings";

/** With more people than this, coming and going is heard but no longer seen. */
const FEW = 8;
const PEOPLE: Pauses = { grace: 3_000, gather: 1_500 };
const DEEDS: Pauses = { grace: 3_000, gather: 300 };
/** Milliseconds after which a broken connection is worth a word: the socket alone is mostly back before. */
const BROKEN = 1_500;
/** Characters of a message that are told. */
const SEEN_OF_MESSAGE = 120;
const HEARD_OF_MESSAGE = 400;

type Stop = () => void;

/** From here on chat and hands are heard, and everything is told, until the returned function is called. */
export function watchHappenings(): Stop {
  const stops = [
    watchChat(),
    watchHands(),
    watchPeople(),
    watchShares(),
    watchRaising(),
    watchHosts(),
    watchRecording(),
    watchLink(),
    watchSound(),
    watchMessages(),
    watchTime(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function language(): string {
  return document.documentElement.lang || "en";
}

// The others

interface Told {
  came: (names: string[]) => void;
  went: (names: string[]) => void;
}

/** Tell who comes into `there`, and who goes from it. */
function watchPresence(there: () => Names, pauses: Pauses, told: Told): Stop {
  const presence = new Presence(untracked(there), pauses, told);
  const stop = effect(() => {
    const now = there();
    if (areOthersKnown.value) presence.see(now);
  });
  return () => {
    stop();
    presence.stop();
  };
}

function watchPeople(): Stop {
  const pass = (text: string) => (people.value.length <= FEW ? tell(text) : announce(text));
  const others = () => people.value.filter(({ isLocal }) => !isLocal);
  return watchPresence(() => named(others()), PEOPLE, {
    came: (names) => pass(sentence("joinedOne", "joinedSeveral", names, language())),
    went: (names) => pass(sentence("leftOne", "leftSeveral", names, language())),
  });
}

function watchShares(): Stop {
  const others = () => shares.value.filter(({ isLocal }) => !isLocal);
  return watchPresence(() => named(others()), DEEDS, {
    came: (names) => each(names, (name) => tell(say("sharesScreen", { name }))),
    went: (names) => each(names, (name) => tell(say("sharesNoMore", { name }))),
  });
}

function watchRaising(): Stop {
  const raised = () => {
    const up = new Set(hands.value);
    return people.value.filter(({ identity, isLocal }) => !isLocal && up.has(identity));
  };
  return watchPresence(() => named(raised()), DEEDS, {
    came: (names) => each(names, (name) => tell(say("raisedHand", { name }))),
    went: () => {},
  });
}

function named(all: { identity: string; name: string }[]): Names {
  return new Map(all.map(({ identity, name }) => [identity, name]));
}

function each(names: string[], told: (name: string) => void): void {
  for (const name of names) told(name);
}

// Oneself

/** What hosts did to this person. */
function watchHosts(): Stop {
  const stops = [
    whenMarked(mutedByHost, () => tell(say("mutedByHost"))),
    whenMarked(loweredByHost, () => tell(say("handLowered"))),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function whenMarked(mark: typeof mutedByHost, react: () => void): Stop {
  let known = mark.peek();
  return effect(() => {
    const now = mark.value;
    if (now > known) untracked(react);
    known = now;
  });
}

function watchRecording(): Stop {
  let known = isRecording.peek();
  return effect(() => {
    const now = isRecording.value;
    if (!areOthersKnown.value || now === known) return;
    known = now;
    untracked(() => tell(say(now ? "recordingBegan" : "recordingEnded")));
  });
}

/** Where the link is broken the stage shows it; so this is for the ears. */
function watchLink(): Stop {
  const isToldBroken = signal(false);
  const stops = [
    effect(() => {
      if (link.value === "steady") return;
      if (isToldBroken.value) return;
      const timer = setTimeout(() => {
        isToldBroken.value = true;
        announce(say("reconnecting"));
      }, BROKEN);
      return () => clearTimeout(timer);
    }),
    effect(() => {
      if (link.value !== "steady" || !isToldBroken.value || !room.value) return;
      isToldBroken.value = false;
      untracked(() => tell(say("connectedAgain")));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The button is to be seen; who hears the page needs it most. */
function watchSound(): Stop {
  return effect(() => {
    if (!isSoundAllowed.value) announce(say("soundHeldBack"));
  });
}

function watchMessages(): Stop {
  let last = messages.peek().at(-1)?.id ?? 0;
  return effect(() => {
    const fresh = messages.value.filter(({ id, isOwn }) => id > last && !isOwn);
    last = messages.value.at(-1)?.id ?? last;
    untracked(() => {
      for (const { name, text } of fresh) tellMessage(name, text);
    });
  });
}

function tellMessage(name: string, text: string): void {
  const isOpen = panel.value === "chat";
  const told = shortened(text, isOpen ? HEARD_OF_MESSAGE : SEEN_OF_MESSAGE);
  (isOpen ? announce : tell)(say("saidBy", { name, text: told }));
}

function watchTime(): Stop {
  return effect(() => {
    if (endsAt.value === null) return;
    return watchMinutes(endsAt.value, (minutes) =>
      tell(minutes === 1 ? say("minuteLeft") : say("minutesLeft", { count: String(minutes) })),
    );
  });
}
