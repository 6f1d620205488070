/** Choice of camera, microphone and speaker, with level meter and test sound. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { cameraError, isMicrophoneOn, microphone, microphoneError } from "../devices";
import { Icon } from "../icon";
import type { IconName } from "../icons";
import { type Key, t } from "../words";
import { choose, refusedKind } from "./device-changes";
import { chosen, devices } from "./device-list";
import { LevelMeter } from "./level-meter";
import type { DeviceKind } from "./saved-devices";
import { playTestSound } from "./test-sound";

const ICONS: Record<DeviceKind, IconName> = {
  camera: "video",
  microphone: "mic",
  speaker: "volume-2",
};
const NAMES: Record<DeviceKind, Key> = {
  camera: "camera",
  microphone: "microphone",
  speaker: "speaker",
};

export function DeviceMenus() {
  return (
    <div class="menus">
      <Menu kind="microphone" isDenied={microphoneError.value === "denied"}>
        {microphone.value && isMicrophoneOn.value && (
          <LevelMeter track={microphone.value} device={chosen.value.microphone} />
        )}
      </Menu>
      <Menu kind="speaker">
        <TestSound />
      </Menu>
      <Menu kind="camera" isDenied={cameraError.value === "denied"} />
    </div>
  );
}

interface MenuProps {
  kind: DeviceKind;
  /** Permission was denied: the list would be empty or useless. */
  isDenied?: boolean;
  children?: ComponentChildren;
}

function Menu({ kind, isDenied = false, children }: MenuProps) {
  const list = isDenied ? [] : devices.value[kind];
  if (!list.length && kind !== "speaker") return null;
  return (
    <div class="menu">
      {list.length > 0 && (
        <label class="chooser">
          <Icon name={ICONS[kind]} />
          <span class="only-read">{t(NAMES[kind])}</span>
          <select
            value={chosen.value[kind] || list[0]?.deviceId}
            onChange={(event) => void choose(kind, event.currentTarget.value)}
          >
            {list.map(({ deviceId, label }, number) => (
              <option key={`${deviceId} ${label}`} value={deviceId}>
                {label || `${t(NAMES[kind])} ${number + 1}`}
              </option>
            ))}
          </select>
          <Icon name="chevron-down" />
        </label>
      )}
      {children}
      {refusedKind.value === kind && (
        <p class="small wrong-field" role="alert">
          {t("notStarted")}
        </p>
      )}
    </div>
  );
}

function TestSound() {
  const isPlaying = useSignal(false);
  const play = async () => {
    if (isPlaying.value) return;
    isPlaying.value = true;
    await playTestSound(chosen.value.speaker);
    isPlaying.value = false;
  };
  return (
    <button type="button" class="plain small" onClick={() => void play()}>
      <Icon name="headphones" />
      {isPlaying.value ? t("testSoundPlaying") : t("testSound")}
    </button>
  );
}
