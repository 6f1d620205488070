/** The frame of a side panel, which covers the tiles on a narrow screen. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import { t } from "../words";
import { type Panel, panel } from "./panels";

interface SidePanelProps {
  which: Panel;
  /** The accessible name. */
  name: string;
  title: string;
  children: ComponentChildren;
}

export function SidePanel({ which, name, title, children }: SidePanelProps) {
  const side = useRef<HTMLElement>(null);
  useLayoutEffect(() => takeFocus(side.current, which), [which]);
  return (
    <aside ref={side} class={`panel ${which}`} aria-label={name}>
      <header class="panel-head">
        <h2 tabIndex={-1}>{title}</h2>
        <button
          type="button"
          class="plain square"
          aria-label={t("close")}
          title={t("close")}
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
 * Focus the text field; on a touch screen the heading, because the on-screen keyboard would cover the panel. The
 * returned function gives the focus back to the button that opens the panel.
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
