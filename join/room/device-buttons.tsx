/** The buttons for one's own camera and microphone, in the preview and in the call. */

import {
  camera,
  isCameraOn,
  isMicrophoneOn,
  microphone,
  toggleCamera,
  toggleMicrophone,
} from "./devices";
import { Icon } from "./icon";
import { say } from "./words";

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
        <span>{isMicrophoneOn.value ? say("mute") : say("unmute")}</span>
      </button>
      <button
        type="button"
        class="device"
        data-off={!isCameraOn.value}
        disabled={!camera.value}
        onClick={() => void toggleCamera()}
      >
        <Icon name={isCameraOn.value ? "video" : "video-off"} />
        <span>{isCameraOn.value ? say("cameraOff") : say("cameraOn")}</span>
      </button>
    </>
  );
}
