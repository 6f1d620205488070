/** The buttons for the local camera and microphone, in the preview and in the call. */

import {
  CAMERA,
  type Device,
  isCameraOn,
  isMicrophoneOn,
  MICROPHONE,
  toggleCamera,
  toggleMicrophone,
  unsent,
} from "./devices";
import { Icon } from "./icon";
import type { IconName } from "./icons";
import { t } from "./words";

export function DeviceButtons() {
  return (
    <>
      <DeviceButton
        device={MICROPHONE as Device}
        icons={["mic", "mic-off"]}
        name={t(isMicrophoneOn.value ? "mute" : "unmute")}
        onClick={toggleMicrophone}
      />
      <DeviceButton
        device={CAMERA as Device}
        icons={["video", "video-off"]}
        name={t(isCameraOn.value ? "cameraOff" : "cameraOn")}
        onClick={toggleCamera}
      />
    </>
  );
}

interface DeviceButtonProps {
  device: Device;
  /** On, and off. */
  icons: [IconName, IconName];
  /** What a click does. */
  name: string;
  onClick: () => Promise<void>;
}

function DeviceButton({ device, icons, name, onClick }: DeviceButtonProps) {
  const isSent = device.isOn.value && !unsent.value.includes(device.kind);
  return (
    <button
      type="button"
      id={`own-${device.kind}`}
      class="device"
      data-off={!isSent}
      disabled={!device.track.value}
      onClick={() => void onClick()}
    >
      <Icon name={icons[isSent ? 0 : 1]} />
      <span>{name}</span>
    </button>
  );
}
