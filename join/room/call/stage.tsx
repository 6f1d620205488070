/** The call: tiles, panels beside them, and the toolbar. Loaded while the preview shows. */

import { useLayoutEffect, useRef } from "preact/hooks";
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
import { type Key, t } from "../words";
import { startAnnouncements } from "./announcements";
import { Announcer, announce } from "./announcer";
import { startBackground } from "./background";
import { Bar, toggleShare } from "./bar";
import { ChatPanel } from "./chat-panel";
import { people } from "./connection";
import { EndDialog } from "./end-dialog";
import { keepFocus } from "./focus";
import { toggleFullScreen } from "./fullscreen";
import { isRaised, toggleHand } from "./hands";
import { CallHeader } from "./header";
import { initHost } from "./moderation";
import { Notices } from "./notices";
import { dialog, panel, togglePanel } from "./panels";
import { PeoplePanel } from "./people-panel";
import { stopTalking, talk } from "./push-to-talk";
import { SettingsDialog } from "./settings-dialog";
import { type Actions, listenForShortcuts } from "./shortcuts";
import { ShortcutsDialog } from "./shortcuts-dialog";
import { VideoLayout } from "./video-layout";
import { pinned, toggleView, watchView } from "./view";

export function Stage({ page }: { page: Page }) {
  const stage = useRef<HTMLElement>(null);
  // Before it is painted: whoever sees the call presses keys.
  useLayoutEffect(() => (stage.current ? start(page, stage.current) : undefined), [page]);
  return (
    <main ref={stage} class="stage" tabIndex={-1} data-panel={panel.value ?? "none"}>
      <CallHeader topic={page.topic} />
      <Notices />
      <VideoLayout />
      {panel.value === "chat" && <ChatPanel page={page} />}
      {panel.value === "people" && <PeoplePanel page={page} />}
      <Bar />
      <Sounds />
      <Announcer />
      {dialog.value === "settings" && <SettingsDialog />}
      {dialog.value === "shortcuts" && <ShortcutsDialog />}
      {dialog.value === "end" && <EndDialog />}
    </main>
  );
}

/** The call's side effects; the returned function ends them. */
function start(page: Page, stage: HTMLElement): () => void {
  initHost(page);
  const stops = [
    watchView(),
    startAnnouncements(),
    startBackground(),
    keepFocus(stage),
    listenForShortcuts(ACTIONS),
  ];
  return () => {
    for (const stop of stops) stop();
    panel.value = null;
    pinned.value = null;
  };
}

const ACTIONS: Actions = {
  microphone: () => void announced(toggleMicrophone, ownMicrophone),
  talk,
  stopTalking,
  camera: () => void announced(toggleCamera, ownCamera),
  share: toggleShare,
  hand: () => void announced(toggleHand, () => (isRaised.value ? "handUp" : "handDown")),
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

/** A shortcut's button does not have the focus, so its changed name is not read: announce the state. */
async function announced(action: () => void | Promise<void>, state: () => Key): Promise<void> {
  await action(); // a camera takes its time
  announce(t(state()));
}

function ownMicrophone(): Key {
  if (!microphone.value) return "noMicrophone";
  return isMicrophoneOn.value ? "nowHeard" : "nowMuted";
}

function ownCamera(): Key {
  if (!camera.value) return "noCamera";
  return isCameraOn.value ? "nowSeen" : "cameraIsOff";
}

/** Audio of everybody, also of people whose tile is on another page. */
function Sounds() {
  return (
    <div hidden>
      {people.value.flatMap(({ sounds }) =>
        sounds.map((track) => <Sound key={track.sid} track={track} />),
      )}
    </div>
  );
}
