/** The buttons for one's own camera and microphone, in the preview and in the call. */

import {
  camera,
  isCameraOn,
  isMicrophoneOn,
  microphone,
  toggleCamera,
  toggleMicrophone,
} from "./devices";

export function DeviceButtons() {
  return (
    <>
      <button
        type="button"
        aria-pressed={!isMicrophoneOn.value}
        disabled={!microphone.value}
        onClick={() => void toggleMicrophone()}
      >
        {isMicrophoneOn.value ? "Mute" : "Unmute"}
      </button>
      <button
        type="button"
        aria-pressed={!isCameraOn.value}
        disabled={!camera.value}
        onClick={() => void toggleCamera()}
      >
        {isCameraOn.value ? "Camera off" : "Camera on"}
      </button>
    </>
  );
}
