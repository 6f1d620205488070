/** Inside the call: everybody's pictures, panels beside them, and the bar below. Loaded while the preview shows. */

import { useEffect, useRef } from "preact/hooks";
import {
  camera,
  isCameraOn,
  isMicrophoneOn,
  microphone,
  toggleCamera,
  toggleMicrophone,
} from "../devices";
import { Sound } from "../media";
import type { Page } from "../page";
import { type Key, say } from "../words";
import { watchHappenings } from "./announcements";
import { announce, Telling } from "./announcer";
import { takeCare } from "./background";
import { Bar, toggleShare } from "./bar";
import { ChatPanel } from "./chat-panel";
import { people } from "./connection";
import { EndDialog } from "./end-dialog";
import { keepFocus } from "./focus";
import { toggleFullScreen } from "./fullscreen";
import { isRaised, toggleHand } from "./hands";
import { Head } from "./header";
import { beHost } from "./moderation";
import { Notices } from "./notices";
import { dialog, panel, togglePanel } from "./panels";
import { PeoplePanel } from "./people-panel";
import { hush, talk } from "./push-to-talk";
import { SettingsDialog } from "./settings-dialog";
import { type Deeds, listenForShortcuts } from "./shortcuts";
import { ShortcutsDialog } from "./shortcuts-dialog";
import { Pictures } from "./video-layout";
import { pinned, toggleView, watchView } from "./view";

export function Stage({ page }: { page: Page }) {
  const stage = useRef<HTMLElement>(null);
  useEffect(() => (stage.current ? begin(page, stage.current) : undefined), [page]);
  return (
    <main ref={stage} class="stage" tabIndex={-1} data-panel={panel.value ?? "none"}>
      <Head topic={page.topic} />
      <Notices />
      <Pictures />
      {panel.value === "chat" && <ChatPanel page={page} />}
      {panel.value === "people" && <PeoplePanel />}
      <Bar />
      <Sounds />
      <Telling />
      {dialog.value === "settings" && <SettingsDialog />}
      {dialog.value === "shortcuts" && <ShortcutsDialog />}
      {dialog.value === "end" && <EndDialog />}
    </main>
  );
}

/** What goes on while the stage stands; it is over when the returned function is called. */
function begin(page: Page, stage: HTMLElement): () => void {
  beHost(page);
  const stops = [
    watchView(),
    watchHappenings(),
    takeCare(),
    keepFocus(stage),
    listenForShortcuts(DEEDS),
  ];
  return () => {
    for (const stop of stops) stop();
    panel.value = null;
    pinned.value = null;
  };
}

const DEEDS: Deeds = {
  microphone: () => said(toggleMicrophone, ownMicrophone),
  talk,
  hush,
  camera: () => said(toggleCamera, ownCamera),
  share: toggleShare,
  hand: () => said(toggleHand, () => (isRaised.value ? "handUp" : "handDown")),
  chat: () => togglePanel("chat"),
  people: () => togglePanel("people"),
  view: toggleView,
  fullScreen: toggleFullScreen,
  shortcuts: () => {
    dialog.value = "shortcuts";
  },
  close: () => {
    panel.value = null;
  },
};

/** A key's button does not have the focus, so nobody hears that its name has changed. */
function said(deed: () => void, state: () => Key): void {
  deed();
  announce(say(state()));
}

function ownMicrophone(): Key {
  if (!microphone.value) return "noMicrophone";
  return isMicrophoneOn.value ? "nowHeard" : "nowMuted";
}

function ownCamera(): Key {
  if (!camera.value) return "noCamera";
  return isCameraOn.value ? "nowSeen" : "cameraIsOff";
}

/** Everybody is heard, whoever is on the page. */
function Sounds() {
  return (
    <div hidden>
      {people.value.flatMap(({ sounds }) =>
        sounds.map((track) => <Sound key={track.sid} track={track} />),
      )}
    </div>
  );
}
