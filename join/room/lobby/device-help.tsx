/** Explains why devices cannot be used, and what helps. */

import { cameraError, isOpening, microphoneError } from "../devices";
import { Icon } from "../icon";
import { t } from "../words";
import { openMissing } from "./device-changes";
import { browserOf, type DeviceError, helpFor, titleFor } from "./device-errors";
import { OpenInNewTab } from "./refusal";

/** `isInCall` leaves out the hint that one can join without devices. */
export function DeviceHelp({ isInCall = false }: { isInCall?: boolean }) {
  const reasons = [cameraError.value, microphoneError.value].filter((reason) => reason !== null);
  const title = titleFor(cameraError.value, microphoneError.value);
  if (!title || isOpening.value) return null;
  return (
    <div class="note wrong" role="status">
      <Icon name="circle-alert" />
      <div class="tight">
        <h2>{t(title)}</h2>
        {[...new Set(reasons)].map((reason) => (
          <Help key={reason} reason={reason} />
        ))}
        {!isInCall && <p class="small">{t("joinAllTheSame")}</p>}
        <Remedy reasons={reasons} />
      </div>
    </div>
  );
}

function Help({ reason }: { reason: DeviceError }) {
  const isEmbedded = reason === "denied" && window.top !== window;
  return (
    <p class="small">
      {t(isEmbedded ? "embedded" : helpFor(reason, browserOf(navigator.userAgent)))}
    </p>
  );
}

function Remedy({ reasons }: { reasons: DeviceError[] }) {
  if (reasons.includes("insecure")) return null;
  if (reasons.includes("denied") && window.top !== window) {
    return <OpenInNewTab />;
  }
  return (
    <button type="button" onClick={() => void openMissing()}>
      <Icon name="refresh-cw" />
      {t("tryAgain")}
    </button>
  );
}
