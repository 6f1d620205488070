/** Before the call: name, then camera and microphone. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { DeviceButtons } from "./controls";
import { camera, isCameraOn, isOpening, openDevices, trouble } from "./devices";
import { Video } from "./media";

export function NameStep({ name, onName }: { name: string; onName: (name: string) => void }) {
  const typed = useSignal(name);
  const submit = (event: Event) => {
    event.preventDefault();
    if (typed.value.trim()) onName(typed.value.trim());
  };
  return (
    <form class="step" onSubmit={submit}>
      <label for="name">Your name</label>
      <input
        id="name"
        type="text"
        autocomplete="name"
        maxLength={100}
        required
        value={typed}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
      <button type="submit" class="primary">
        Continue
      </button>
    </form>
  );
}

interface PreviewProps {
  name: string;
  isBusy: boolean;
  onJoin: () => void;
}

export function Preview({ name, isBusy, onJoin }: PreviewProps) {
  useEffect(() => {
    if (!camera.value) void openDevices();
  }, []);
  return (
    <div class="step">
      <p>
        You join as <strong>{name}</strong>.
      </p>
      <div class="tile preview">
        {camera.value && isCameraOn.value ? (
          <Video track={camera.value} isMirrored />
        ) : (
          <span class="initial">
            {isOpening.value ? "Starting your camera …" : "Camera is off"}
          </span>
        )}
      </div>
      <div class="row">
        <DeviceButtons />
      </div>
      {trouble.value && <p role="status">{trouble}</p>}
      <button type="button" class="primary" disabled={isBusy || isOpening.value} onClick={onJoin}>
        {isBusy ? "Joining …" : "Join now"}
      </button>
    </div>
  );
}
