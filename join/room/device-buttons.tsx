/** The buttons for the local camera and microphone, in the preview and in the call. */

import {
  camera,
  isCameraOn,
  isMicrophoneOn,
  microphone,
  toggleCamera,
  toggleMicrophone,
} from "./devices";
import { Icon } from "./icon";
import { t } from "./words";

export function DeviceButtons() {
  return (
    <>
      <button
        type="button"
        class="device"
        data-off={!isMicrophoneOn.value}
        disabled={!microphone.value}
        onClick={() => void toggleMicrophone()}
      >
        <Icon name={isMicrophoneOn.value ? "mic" : "mic-off"} />
        <span>{isMicrophoneOn.value ? t("mute") : t("unmute")}</span>
      </button>
      <button
        type="button"
        class="device"
        data-off={!isCameraOn.value}
        disabled={!camera.value}
        onClick={() => void toggleCamera()}
      >
        <Icon name={isCameraOn.value ? "video" : "video-off"} />
        <span>{isCameraOn.value ? t("cameraOff") : t("cameraOn")}</span>
      </button>
    </>
  );
}
