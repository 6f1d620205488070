/** Which events of the call are announced: to screen readers, and mostly as toasts too. */

import { effect, signal, untracked } from "@preact/signals";
import { t } from "../words";
import { announce, notify } from "./announcer";
import { messages, watchChat } from "./chat";
import {
  areOthersKnown,
  endsAt,
  isRecording,
  isSoundAllowed,
  link,
  mutedByHost,
  people,
  removed,
  room,
  shares,
} from "./connection";
import { hands, loweredByHost, watchHands } from "./hands";
import { panel } from "./panels";
import { type Delays, type Listeners, type Names, Presence } from "./presence";
import { sentence, shorten } from "./sentences";
import { watchTimeLeft } from "./time-warnings";

/** With more people than this, joins and leaves show no toast. */
const MAX_FOR_TOASTS = 8;
const PEOPLE: Delays = { grace: 3_000, batch: 1_500 };
const SHARES_AND_HANDS: Delays = { grace: 3_000, batch: 300 };
/** Milliseconds after which an interruption is announced: a resume is mostly faster. */
const INTERRUPTED = 1_500;
/** Characters of a chat message in a toast and in an announcement. */
const TOAST_LENGTH = 120;
const ANNOUNCED_LENGTH = 400;

type Stop = () => void;

/** Receive chat and hands, and announce everything, until the returned function is called. */
export function startAnnouncements(): Stop {
  const stops = [
    watchChat(),
    watchHands(),
    watchPeople(),
    watchShares(),
    watchHandsUp(),
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

function watchPresence(present: () => Names, delays: Delays, on: Listeners): Stop {
  const presence = new Presence(untracked(present), delays, on);
  const stop = effect(() => {
    const now = present();
    if (areOthersKnown.value) presence.update(now);
  });
  return () => {
    stop();
    presence.stop();
  };
}

/** Who was removed is reported at once, and not as somebody who left. */
function watchPeople(): Stop {
  const out = new Set<string>();
  const report = (text: string) =>
    people.value.length <= MAX_FOR_TOASTS ? notify(text) : announce(text);
  const others = () => people.value.filter(({ isLocal }) => !isLocal);
  const stops = [
    watchPresence(() => named(others()), PEOPLE, {
      onJoined: (names, identities) => {
        each(identities, (identity) => out.delete(identity));
        report(sentence("joinedOne", "joinedSeveral", names, language()));
      },
      onLeft: (all, identities) => {
        const names = all.filter((_, place) => !out.has(identities[place] ?? ""));
        if (names.length) report(sentence("leftOne", "leftSeveral", names, language()));
      },
    }),
    effect(() => {
      const person = removed.value;
      if (!person || out.has(person.identity)) return;
      out.add(person.identity);
      untracked(() => notify(t("wasRemoved", { name: person.name })));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    removed.value = null;
  };
}

function watchShares(): Stop {
  const others = () => shares.value.filter(({ isLocal }) => !isLocal);
  return watchPresence(() => named(others()), SHARES_AND_HANDS, {
    onJoined: (names) => each(names, (name) => notify(t("sharesScreen", { name }))),
    onLeft: (names) => each(names, (name) => notify(t("sharesNoMore", { name }))),
  });
}

function watchHandsUp(): Stop {
  const raised = () => {
    const up = new Set(hands.value);
    return people.value.filter(({ identity, isLocal }) => !isLocal && up.has(identity));
  };
  return watchPresence(() => named(raised()), SHARES_AND_HANDS, {
    onJoined: (names) => each(names, (name) => notify(t("raisedHand", { name }))),
    onLeft: () => {},
  });
}

function named(all: { identity: string; name: string }[]): Names {
  return new Map(all.map(({ identity, name }) => [identity, name]));
}

function each(names: string[], action: (name: string) => void): void {
  for (const name of names) action(name);
}

// The local participant

/** Hosts' actions on this person. */
function watchHosts(): Stop {
  const stops = [
    whenChanged(mutedByHost, () => notify(t("mutedByHost"))),
    whenChanged(loweredByHost, () => notify(t("handLowered"))),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function whenChanged(count: typeof mutedByHost, react: () => void): Stop {
  let known = count.peek();
  return effect(() => {
    const now = count.value;
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
    untracked(() => notify(t(now ? "recordingBegan" : "recordingEnded")));
  });
}

/** No toast for the interruption: Notices shows a banner. */
function watchLink(): Stop {
  const isAnnounced = signal(false);
  const stops = [
    effect(() => {
      if (link.value === "steady") return;
      if (isAnnounced.value) return;
      const timer = setTimeout(() => {
        isAnnounced.value = true;
        announce(t("reconnecting"));
      }, INTERRUPTED);
      return () => clearTimeout(timer);
    }),
    effect(() => {
      if (link.value !== "steady" || !isAnnounced.value || !room.value) return;
      isAnnounced.value = false;
      untracked(() => notify(t("connectedAgain")));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Notices shows a button; screen reader users need it most. */
function watchSound(): Stop {
  return effect(() => {
    if (!isSoundAllowed.value) announce(t("soundHeldBack"));
  });
}

function watchMessages(): Stop {
  let last = messages.peek().at(-1)?.id ?? 0;
  return effect(() => {
    const added = messages.value.filter(({ id, isOwn }) => id > last && !isOwn);
    last = messages.value.at(-1)?.id ?? last;
    untracked(() => {
      for (const { name, text } of added) announceMessage(name, text);
    });
  });
}

function announceMessage(name: string, text: string): void {
  const isOpen = panel.value === "chat";
  const excerpt = shorten(text, isOpen ? ANNOUNCED_LENGTH : TOAST_LENGTH);
  (isOpen ? announce : notify)(t("saidBy", { name, text: excerpt }));
}

function watchTime(): Stop {
  return effect(() => {
    if (endsAt.value === null) return;
    return watchTimeLeft(endsAt.value, (minutes) =>
      notify(minutes === 1 ? t("minuteLeft") : t("minutesLeft", { count: String(minutes) })),
    );
  });
}
