/** Joining failed, and another attempt may succeed. */

import { Icon } from "../icon";
import type { IconName } from "../icons";
import { address, type Refused, readPage } from "../page";
import { t } from "../words";
import { MessageScreen } from "./message-screen";

const ICONS: Record<string, IconName> = {
  call_server_unreachable: "cloud-off",
  csrf_failed: "shield-alert",
  name_needed: "circle-alert",
};

export function Refusal({ why, onBack }: { why: Refused; onBack: () => void }) {
  const icon = ICONS[why.code] ?? "wifi-off";
  const { title, detail } = why;
  return (
    <MessageScreen icon={icon} title={title} detail={detail} back={t("tryAgain")} onBack={onBack}>
      {why.code === "csrf_failed" && <OpenInNewTab />}
    </MessageScreen>
  );
}

/** In a cross-origin frame, browsers block devices and cookies that they allow in a top-level window. */
export function OpenInNewTab() {
  return (
    <a class="button" href={address(readPage())} target="_blank" rel="noopener">
      <Icon name="external-link" />
      {t("openAlone")}
    </a>
  );
}
