/** The list of shortcuts, and the switch that turns them off. */

import { t } from "../words";
import { Modal } from "./modal";
import { areShortcutsOn, SHORTCUTS, type Shortcut, setShortcuts } from "./shortcuts";

export function ShortcutsDialog() {
  return (
    <Modal title={t("shortcuts")}>
      <div class="tight">
        <label class="switch">
          <input
            type="checkbox"
            checked={areShortcutsOn.value}
            aria-describedby="single-keys-detail"
            onChange={(event) => setShortcuts(event.currentTarget.checked)}
          />
          {t("singleKeys")}
        </label>
        <p id="single-keys-detail" class="small quiet">
          {t("singleKeysDetail")}
        </p>
      </div>
      <dl class="keys" data-off={!areShortcutsOn.value}>
        {SHORTCUTS.map((shortcut) => (
          <Row key={shortcut.action} shortcut={shortcut} />
        ))}
      </dl>
    </Modal>
  );
}

function Row({ shortcut }: { shortcut: Shortcut }) {
  return (
    <div>
      <dt>{t(shortcut.says)}</dt>
      <dd>
        <kbd>{capOf(shortcut.key)}</kbd>
      </dd>
    </div>
  );
}

/** What is printed on the key. */
function capOf(key: string): string {
  if (key === " ") return t("keySpace");
  return key === "escape" ? t("keyEscape") : key.toUpperCase();
}
