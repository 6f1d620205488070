/** The click was refused, and another one may help. */

import { Icon } from "../icon";
import type { IconName } from "../icons";
import type { Refused } from "../page";
import { say } from "../words";
import { Farewell } from "./message-screen";

const ICONS: Record<string, IconName> = {
  call_server_unreachable: "cloud-off",
  csrf_failed: "shield-alert",
  name_needed: "circle-alert",
};

export function Refusal({ why, onBack }: { why: Refused; onBack: () => void }) {
  const icon = ICONS[why.code] ?? "wifi-off";
  const { title, detail } = why;
  return (
    <Farewell icon={icon} title={title} detail={detail} back={say("tryAgain")} onBack={onBack}>
      {why.code === "csrf_failed" && <OpenAlone />}
    </Farewell>
  );
}

/** Inside another site's page, browsers hold back what they allow in a window of its own. */
export function OpenAlone() {
  return (
    <a class="button" href={location.href} target="_blank" rel="noopener">
      <Icon name="external-link" />
      {say("openAlone")}
    </a>
  );
}
