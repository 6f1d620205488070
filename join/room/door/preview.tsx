/** The last step before the call: how you look and sound. */

import { useEffect } from "preact/hooks";
import { DeviceButtons } from "../device-buttons";
import { camera, isCameraOn, isOpening } from "../devices";
import { Icon } from "../icon";
import { Video } from "../media";
import type { Page } from "../page";
import { say } from "../words";
import { watch } from "./device-changes";
import { DeviceHelp } from "./device-help";
import { DeviceMenus } from "./device-menus";
import { Facts, Recorded } from "./step";

interface PreviewProps {
  page: Page;
  name: string;
  isBusy: boolean;
  /** The devices are open, or cannot be. */
  onReady: () => void;
  onJoin: () => void;
  onRename: () => void;
}

export function Preview({ page, name, isBusy, onReady, onJoin, onRename }: PreviewProps) {
  useEffect(watch, []);
  useEffect(() => {
    if (!isOpening.value) onReady();
  }, [isOpening.value]);
  return (
    <main class="page preview">
      <div class="before">
        <div class="head">
          <Facts page={page} />
          <Who page={page} name={name} isBusy={isBusy} onRename={onRename} />
        </div>
        <div class="look">
          <Mirror />
          <DeviceHelp />
        </div>
        <div class="go">
          {page.isRecorded && <Recorded />}
          <button
            type="button"
            class="primary wide"
            disabled={isBusy || isOpening.value}
            onClick={onJoin}
          >
            {isBusy ? say("joining") : say("joinNow")}
          </button>
        </div>
        <DeviceMenus />
      </div>
    </main>
  );
}

/** A registered person is greeted; a guest can still change the name. */
function Who({ page, name, isBusy, onRename }: Omit<PreviewProps, "onReady" | "onJoin">) {
  if (!page.asksName) return <p class="who">{say("hello", { name })}</p>;
  return (
    <p class="who">
      {say("joinAs", { name })}{" "}
      <button type="button" class="link" disabled={isBusy} onClick={onRename}>
        {say("changeName")}
      </button>
    </p>
  );
}

function Mirror() {
  return (
    <div class="tile mirror">
      {camera.value && isCameraOn.value ? (
        <Video track={camera.value} isMirrored />
      ) : (
        <div class="dark">
          <Icon name={isOpening.value ? "video" : "video-off"} />
          <p>{isOpening.value ? say("cameraStarting") : say("cameraIsOff")}</p>
          {isOpening.value && <p class="small late">{say("allowHint")}</p>}
        </div>
      )}
      {!isOpening.value && (
        <div class="own">
          <DeviceButtons />
        </div>
      )}
    </div>
  );
}
