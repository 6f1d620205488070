/** Asks before an action that cannot be undone. */

import { useSignal } from "@preact/signals";
import { t } from "../words";
import { Modal } from "./modal";

interface ConfirmDialogProps {
  title: string;
  /** What will happen. */
  detail: string;
  /** The label of the button that confirms. */
  action: string;
  onConfirm: () => Promise<void>;
  /** After the action, or when cancelled. */
  onClose: () => void;
}

export function ConfirmDialog({ title, detail, action, onConfirm, onClose }: ConfirmDialogProps) {
  const isBusy = useSignal(false);
  const confirm = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    await onConfirm().finally(onClose);
  };
  return (
    <Modal title={title} onClose={onClose}>
      <p>{detail}</p>
      <div class="row answers">
        <button type="button" onClick={onClose}>
          {t("cancel")}
        </button>
        <button
          type="button"
          class="leave"
          aria-disabled={isBusy.value}
          onClick={() => void confirm()}
        >
          {action}
        </button>
      </div>
    </Modal>
  );
}
