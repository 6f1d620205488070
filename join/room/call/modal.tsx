/** A modal dialog. The rest of the page is inert, live region included, so the dialog has one of its own. */

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import { t } from "../words";
import { Announcer } from "./announcer";
import { isUsable } from "./focus";
import { dialog } from "./panels";

interface ModalProps {
  title: string;
  /** On Escape, the close button, or a click on the backdrop; by default `dialog` is reset. */
  onClose?: () => void;
  children: ComponentChildren;
}

export function Modal({ title, onClose = closeDialog, children }: ModalProps) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => (box.current ? open(box.current, () => close.current()) : undefined), []);
  return (
    <dialog ref={box} class="modal" aria-labelledby={heading}>
      <div class="modal-frame">
        <header class="modal-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" class="plain" aria-label={t("close")} onClick={onClose}>
            <Icon name="x" />
          </button>
        </header>
        <div class="modal-body">{children}</div>
      </div>
      <Announcer />
    </dialog>
  );
}

function closeDialog(): void {
  dialog.value = null;
}

/** Show it until the returned function is called, which restores the focus. */
function open(box: HTMLDialogElement, close: () => void): () => void {
  const opener = document.activeElement;
  const over = new AbortController();
  const on = (name: string, handle: (event: Event) => void) =>
    box.addEventListener(name, handle, { signal: over.signal });
  let isOnBackdrop = false;
  on("pointerdown", ({ target }) => {
    isOnBackdrop = target === box; // only the backdrop is the dialog itself: its frame fills it
  });
  on("click", ({ target }) => isOnBackdrop && target === box && close());
  on("cancel", (event) => {
    if (event.target !== box) return;
    event.preventDefault();
    close();
  });
  on("close", close); // by the browser itself, which cannot always be prevented
  box.showModal();
  return () => {
    over.abort();
    box.close();
    restoreFocus(opener);
  };
}

/** To the element focused before, or, when that is in a closed menu, to the menu's button. */
function restoreFocus(opener: Element | null): void {
  const menu = opener?.closest("[id][popover]")?.id;
  const button = menu && document.querySelector(`[popovertarget="${menu}"]`);
  const back = [opener, button].find((one) => one instanceof HTMLElement && isUsable(one));
  if (back !== document.body) (back as HTMLElement | undefined)?.focus();
}
