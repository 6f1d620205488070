/** A question before what cannot be undone. */

import { useSignal } from "@preact/signals";
import { say } from "../words";
import { Modal } from "./modal";

interface AskProps {
  title: string;
  /** What will happen. */
  detail: string;
  /** The button's words. */
  deed: string;
  onYes: () => Promise<void>;
  /** Done, or thought better of. */
  onDone: () => void;
}

export function Ask({ title, detail, deed, onYes, onDone }: AskProps) {
  const isBusy = useSignal(false);
  const act = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    await onYes().finally(onDone);
  };
  return (
    <Modal title={title} onClose={onDone}>
      <p>{detail}</p>
      <div class="row answers">
        <button type="button" onClick={onDone}>
          {say("cancel")}
        </button>
        <button type="button" class="leave" aria-disabled={isBusy.value} onClick={() => void act()}>
          {deed}
        </button>
      </div>
    </Modal>
  );
}
