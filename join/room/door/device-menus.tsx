/** Which camera, microphone and speaker; whether the one hears and the other is heard. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { cameraTrouble, isMicrophoneOn, microphone, microphoneTrouble } from "../devices";
import { Icon } from "../icon";
import type { IconName } from "../icons";
import { type Key, say } from "../words";
import { choose } from "./device-changes";
import { chosen, devices } from "./device-list";
import { Level } from "./level-meter";
import type { Kind } from "./saved-devices";
import { chime } from "./test-sound";

const ICONS: Record<Kind, IconName> = { camera: "video", microphone: "mic", speaker: "volume-2" };
const NAMES: Record<Kind, Key> = {
  camera: "camera",
  microphone: "microphone",
  speaker: "speaker",
};

export function DeviceMenus() {
  return (
    <div class="menus">
      <Menu kind="microphone" isShut={microphoneTrouble.value === "denied"}>
        {microphone.value && isMicrophoneOn.value && (
          <Level track={microphone.value} device={chosen.value.microphone} />
        )}
      </Menu>
      <Menu kind="speaker">
        <TestSound />
      </Menu>
      <Menu kind="camera" isShut={cameraTrouble.value === "denied"} />
    </div>
  );
}

interface MenuProps {
  kind: Kind;
  /** Nothing can be chosen, whatever there is. */
  isShut?: boolean;
  children?: ComponentChildren;
}

function Menu({ kind, isShut = false, children }: MenuProps) {
  const list = isShut ? [] : devices.value[kind];
  if (!list.length && kind !== "speaker") return null;
  return (
    <div class="menu">
      {list.length > 0 && (
        <label class="chooser">
          <Icon name={ICONS[kind]} />
          <span class="only-read">{say(NAMES[kind])}</span>
          <select
            value={chosen.value[kind] || list[0]?.deviceId}
            onChange={(event) => void choose(kind, event.currentTarget.value)}
          >
            {list.map(({ deviceId, label }, number) => (
              <option key={deviceId} value={deviceId}>
                {label || `${say(NAMES[kind])} ${number + 1}`}
              </option>
            ))}
          </select>
          <Icon name="chevron-down" />
        </label>
      )}
      {children}
    </div>
  );
}

function TestSound() {
  const isPlaying = useSignal(false);
  const play = async () => {
    if (isPlaying.value) return;
    isPlaying.value = true;
    await chime(chosen.value.speaker);
    isPlaying.value = false;
  };
  return (
    <button type="button" class="plain small" onClick={() => void play()}>
      <Icon name="headphones" />
      {isPlaying.value ? say("testSoundPlaying") : say("testSound")}
    </button>
  );
}
