/** A dialog above everything else: the rest of the page waits until it is closed, and is silent; so it tells what happens. */

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import { say } from "../words";
import { Telling } from "./announcer";
import { isUsable } from "./focus";
import { dialog } from "./panels";

interface ModalProps {
  title: string;
  /** Escape, the close button, or a click beside it; without this, no dialog is open any more. */
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
          <button type="button" class="plain" aria-label={say("close")} onClick={onClose}>
            <Icon name="x" />
          </button>
        </header>
        <div class="modal-body">{children}</div>
      </div>
      <Telling />
    </dialog>
  );
}

function closeDialog(): void {
  dialog.value = null;
}

/** Show it until the returned function is called, which brings the focus back to where it was. */
function open(box: HTMLDialogElement, close: () => void): () => void {
  const opener = document.activeElement;
  const over = new AbortController();
  const on = (name: string, heed: (event: Event) => void) =>
    box.addEventListener(name, heed, { signal: over.signal });
  let isBesides = false;
  on("pointerdown", ({ target }) => {
    isBesides = target === box; // only the backdrop is the dialog itself: its frame fills it
  });
  on("click", ({ target }) => isBesides && target === box && close());
  on("cancel", (event) => {
    if (event.target !== box) return;
    event.preventDefault();
    close();
  });
  on("close", close); // by the browser itself, which a page cannot always prevent
  box.showModal();
  return () => {
    over.abort();
    box.close();
    comeBack(opener);
  };
}

/** To what had the focus before, or, where that was in a menu that has closed, to the menu's button. */
function comeBack(opener: Element | null): void {
  const menu = opener?.closest("[id][popover]")?.id;
  const button = menu && document.querySelector(`[popovertarget="${menu}"]`);
  const back = [opener, button].find((one) => one instanceof HTMLElement && isUsable(one));
  if (back !== document.body) (back as HTMLElement | undefined)?.focus();
}
