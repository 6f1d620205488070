/** The meeting's own link, without anybody's token: the one to pass on. */

import { useSignal } from "@preact/signals";
import { Icon } from "../icon";
import type { Page } from "../page";
import { t } from "../words";
import { notify } from "./announcer";

export function CopyLink({ page }: { page: Page }) {
  const isShown = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(page.link);
      notify(t(page.asksName ? "linkCopied" : "linkCopiedCode"));
    } catch {
      isShown.value = true; // by http, or in a frame that may not copy: to be copied by hand
    }
  };
  return (
    <>
      <button type="button" class="small" onClick={() => void copy()}>
        <Icon name="copy" />
        {t("copyLink")}
      </button>
      {isShown.value && (
        <input ref={select} type="text" readOnly aria-label={t("meetingLink")} value={page.link} />
      )}
    </>
  );
}

/** The same function at each rendering, so that it runs once. */
function select(field: HTMLInputElement | null): void {
  field?.focus();
  field?.select();
}
