/** What stands beside the pictures, and on a narrow screen above them: the frame of chat and of the list of people. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import { say } from "../words";
import { type Panel, panel } from "./panels";

interface SideProps {
  which: Panel;
  /** By which the panel is known. */
  name: string;
  title: string;
  children: ComponentChildren;
}

/** Closed by its button, or by Escape as everything is. */
export function Side({ which, name, title, children }: SideProps) {
  const side = useRef<HTMLElement>(null);
  useLayoutEffect(() => takeFocus(side.current, which), [which]);
  return (
    <aside ref={side} class={`panel ${which}`} aria-label={name}>
      <header class="panel-head">
        <h2 tabIndex={-1}>{title}</h2>
        <button
          type="button"
          class="plain square"
          aria-label={say("close")}
          title={say("close")}
          onClick={() => {
            panel.value = null;
          }}
        >
          <Icon name="x" />
        </button>
      </header>
      {children}
    </aside>
  );
}

/**
 * Whoever opens it wants to go on there; on a touch screen without a keyboard that covers it at once. The
 * returned function gives the focus back to the button that opens it.
 */
function takeFocus(side: HTMLElement | null, which: Panel): () => void {
  const field = matchMedia("(pointer: coarse)").matches ? null : side?.querySelector("textarea");
  (field ?? side?.querySelector("h2"))?.focus();
  return () => {
    const focused = document.activeElement;
    if (focused !== document.body && !side?.contains(focused)) return;
    const opener = document.getElementById(`open-${which}`);
    (opener ?? document.querySelector<HTMLElement>(".stage"))?.focus();
  };
}
