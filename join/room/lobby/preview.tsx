/** The last step before the call: camera preview and device choice. */

import { useEffect } from "preact/hooks";
import { DeviceButtons } from "../device-buttons";
import { camera, isCameraOn, isOpening } from "../devices";
import { Icon } from "../icon";
import { Video } from "../media";
import type { Page } from "../page";
import { t } from "../words";
import { openAndWatch } from "./device-changes";
import { DeviceHelp } from "./device-help";
import { DeviceMenus } from "./device-menus";
import { stopWaiting } from "./patience";
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
  useEffect(openAndWatch, []);
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
          <SelfView />
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
            {isBusy ? t("joining") : t("joinNow")}
          </button>
          {isOpening.value && !isBusy && <GoInWithout onJoin={onJoin} />}
        </div>
        <DeviceMenus />
      </div>
    </main>
  );
}

/** While the devices are being opened, or the browser asks: they may take long, or never answer. */
function GoInWithout({ onJoin }: Pick<PreviewProps, "onJoin">) {
  const go = () => {
    stopWaiting();
    onJoin();
  };
  return (
    <button type="button" class="wide soon" onClick={go}>
      {t("goInWithout")}
    </button>
  );
}

/** A registered person is greeted, and another one at the same browser finds the code; a guest can change the name. */
function Who({ page, name, isBusy, onRename }: Omit<PreviewProps, "onReady" | "onJoin">) {
  if (!page.asksName) {
    return (
      <p class="who">
        {t("hello", { name })}{" "}
        <a class="link" href="?token=">
          {t("notYou")}
        </a>
      </p>
    );
  }
  return (
    <p class="who">
      {t("joinAs", { name })}{" "}
      <button type="button" class="link" disabled={isBusy} onClick={onRename}>
        {t("changeName")}
      </button>
    </p>
  );
}

function SelfView() {
  return (
    <div class="tile mirror">
      {camera.value && isCameraOn.value ? (
        <Video track={camera.value} isMirrored />
      ) : (
        <div class="dark">
          <Icon name={isOpening.value ? "video" : "video-off"} />
          <p>{isOpening.value ? t("cameraStarting") : t("cameraIsOff")}</p>
          {isOpening.value && <p class="small late">{t("allowHint")}</p>}
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
