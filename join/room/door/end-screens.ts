/** What stands on the page after the call, by how it ended. */

import type { Ending } from "../call/end-reason";
import type { IconName } from "../icons";
import type { Key } from "../words";

export interface End {
  icon: IconName;
  title: Key;
  detail: Key;
  /** What the button back says; null where there is no way back. */
  back: Key | null;
}

export const ENDS: Record<Ending, End> = {
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

/** Whether somebody is asked how it was: not while they are in elsewhere, and not when put out. */
export function asksAfter(how: Ending): boolean {
  return how !== "elsewhere" && how !== "removed";
}
