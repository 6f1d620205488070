/** The list of keys, and the switch for those who can do without. */

import { say } from "../words";
import { Modal } from "./modal";
import { areShortcutsOn, SHORTCUTS, type Shortcut, setShortcuts } from "./shortcuts";

export function ShortcutsDialog() {
  return (
    <Modal title={say("shortcuts")}>
      <div class="tight">
        <label class="switch">
          <input
            type="checkbox"
            checked={areShortcutsOn.value}
            aria-describedby="single-keys-detail"
            onChange={(event) => setShortcuts(event.currentTarget.checked)}
          />
          {say("singleKeys")}
        </label>
        <p id="single-keys-detail" class="small quiet">
          {say("singleKeysDetail")}
        </p>
      </div>
      <dl class="keys" data-off={!areShortcutsOn.value}>
        {SHORTCUTS.map((shortcut) => (
          <Row key={shortcut.deed} shortcut={shortcut} />
        ))}
      </dl>
    </Modal>
  );
}

function Row({ shortcut }: { shortcut: Shortcut }) {
  return (
    <div>
      <dt>{say(shortcut.says)}</dt>
      <dd>
        <kbd>{capOf(shortcut.key)}</kbd>
      </dd>
    </div>
  );
}

/** What is printed on the key. */
function capOf(key: string): string {
  if (key === " ") return say("keySpace");
  return key === "escape" ? say("keyEscape") : key.toUpperCase();
}
