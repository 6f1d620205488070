/** After the call, or instead of it: what happened, and the way back where there is one. */

import type { Ending } from "./call";

interface Words {
  title: string;
  detail: string;
  back: string;
}

export const FAREWELLS: Record<Ending, Words> = {
  left: {
    title: "You left the meeting",
    detail: "You can come back as long as it lasts.",
    back: "Join again",
  },
  elsewhere: {
    title: "You joined elsewhere",
    detail: "This meeting is open in another window or on another device of yours.",
    back: "Join here instead",
  },
  removed: {
    title: "You were removed from this meeting",
    detail: "Ask whoever invited you if that was a mistake.",
    back: "",
  },
  closed: {
    title: "The call was closed",
    detail: "Everybody was disconnected. You can join again if the meeting goes on.",
    back: "Join again",
  },
  lost: {
    title: "The connection was lost",
    detail: "Check your connection, then join again.",
    back: "Join again",
  },
};

interface FarewellProps {
  title: string;
  detail: string;
  back: string;
  onBack: () => void;
}

export function Farewell({ title, detail, back, onBack }: FarewellProps) {
  return (
    <main class="card" aria-live="assertive">
      <h1>{title}</h1>
      <p>{detail}</p>
      {back && (
        <button type="button" class="primary" onClick={onBack}>
          {back}
        </button>
      )}
    </main>
  );
}
