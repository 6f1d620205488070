/** What cannot be used, why, and what helps. */

import { cameraTrouble, isOpening, microphoneTrouble } from "../devices";
import { Icon } from "../icon";
import { say } from "../words";
import { openMissing } from "./device-changes";
import { browserOf, helpFor, type Reason, titleFor } from "./device-errors";
import { OpenAlone } from "./refusal";

/** `isInside`: in the call, where nobody has to be told that they can join. */
export function DeviceHelp({ isInside = false }: { isInside?: boolean }) {
  const reasons = [cameraTrouble.value, microphoneTrouble.value].filter(
    (reason) => reason !== null,
  );
  const title = titleFor(cameraTrouble.value, microphoneTrouble.value);
  if (!title || isOpening.value) return null;
  return (
    <div class="note wrong" role="status">
      <Icon name="circle-alert" />
      <div class="tight">
        <h2>{say(title)}</h2>
        {[...new Set(reasons)].map((reason) => (
          <Help key={reason} reason={reason} />
        ))}
        {!isInside && <p class="small">{say("joinAllTheSame")}</p>}
        <WayOut reasons={reasons} />
      </div>
    </div>
  );
}

function Help({ reason }: { reason: Reason }) {
  const isEmbedded = reason === "denied" && window.top !== window;
  return (
    <p class="small">
      {say(isEmbedded ? "embedded" : helpFor(reason, browserOf(navigator.userAgent)))}
    </p>
  );
}

function WayOut({ reasons }: { reasons: Reason[] }) {
  if (reasons.includes("insecure")) return null;
  if (reasons.includes("denied") && window.top !== window) {
    return <OpenAlone />;
  }
  return (
    <button type="button" onClick={() => void openMissing()}>
      <Icon name="refresh-cw" />
      {say("tryAgain")}
    </button>
  );
}
