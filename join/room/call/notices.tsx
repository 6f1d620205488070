/** Banners above the tiles. */

import { unsent } from "../devices";
import { Icon } from "../icon";
import { t } from "../words";
import { allowSound, isSoundAllowed, link, people } from "./connection";
import { screen, stopSharing } from "./screen-share";
import { NOT_SENT } from "./sent";

export function Notices() {
  return (
    <div class="notices">
      {link.value !== "steady" && (
        <p class={link.value === "signal" ? "notice late-notice" : "notice"}>
          <Icon name="wifi-off" />
          {t("reconnecting")}
        </p>
      )}
      {unsent.value.map((kind) => (
        <p key={kind} class="notice">
          <Icon name={kind === "camera" ? "video-off" : "mic-off"} />
          {t(NOT_SENT[kind])}
        </p>
      ))}
      {!isSoundAllowed.value && (
        <button type="button" class="notice" onClick={() => void allowSound()}>
          <Icon name="volume-2" />
          {t("soundHeldBack")}
        </button>
      )}
      {screen.value.length > 0 && <SharingNotice />}
      {people.value.length === 1 && link.value === "steady" && (
        <p class="notice calm">{t("alone")}</p>
      )}
    </div>
  );
}

function SharingNotice() {
  return (
    <div class="notice">
      <Icon name="monitor-up" />
      {t("youShare")}
      <button type="button" onClick={stopSharing}>
        {t("stopSharing")}
      </button>
    </div>
  );
}
