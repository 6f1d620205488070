/** What the page shows after the call, by the reason of its end. */

import type { EndReason } from "../call/end-reason";
import type { IconName } from "../icons";
import type { Key } from "../words";

export interface EndScreen {
  icon: IconName;
  title: Key;
  detail: Key;
  /** The label of the button to rejoin; null where that is not possible. */
  back: Key | null;
}

export const END_SCREENS: Record<EndReason, EndScreen> = {
  left: { icon: "log-out", title: "left", detail: "leftDetail", back: "joinAgain" },
  elsewhere: {
    icon: "monitor-smartphone",
    title: "elsewhere",
    detail: "elsewhereDetail",
    back: "joinHere",
  },
  removed: { icon: "user-round-x", title: "removed", detail: "removedDetail", back: null },
  closed: { icon: "flag", title: "closed", detail: "closedDetail", back: "joinAgain" },
  asleep: { icon: "moon", title: "asleep", detail: "asleepDetail", back: "joinAgain" },
  lost: { icon: "wifi-off", title: "lost", detail: "lostDetail", back: "joinAgain" },
};

/** Not while the person is in the call on another page, and not after removal. */
export function asksFeedbackAfter(how: EndReason): boolean {
  return how !== "elsewhere" && how !== "removed";
}
