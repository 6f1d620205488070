/** What somebody has to know or do right now, above the pictures. */

import { Icon } from "../icon";
import { say } from "../words";
import { allowSound, isSoundAllowed, link, people } from "./connection";
import { screen, stopSharing } from "./screen-share";

export function Notices() {
  return (
    <div class="notices">
      {link.value !== "steady" && (
        <p class={link.value === "signal" ? "notice late-notice" : "notice"}>
          <Icon name="wifi-off" />
          {say("reconnecting")}
        </p>
      )}
      {!isSoundAllowed.value && (
        <button type="button" class="notice" onClick={() => void allowSound()}>
          <Icon name="volume-2" />
          {say("soundHeldBack")}
        </button>
      )}
      {screen.value.length > 0 && <Sharing />}
      {people.value.length === 1 && link.value === "steady" && (
        <p class="notice calm">{say("alone")}</p>
      )}
    </div>
  );
}

function Sharing() {
  return (
    <div class="notice">
      <Icon name="monitor-up" />
      {say("youShare")}
      <button type="button" onClick={stopSharing}>
        {say("stopSharing")}
      </button>
    </div>
  );
}
