/** Which panel and which dialog is open. */

import { signal } from "@preact/signals";

export type Panel = "chat" | "people";
export type Dialog = "settings" | "shortcuts" | "end";

export const panel = signal<Panel | null>(null);
export const dialog = signal<Dialog | null>(null);

export function togglePanel(which: Panel): void {
  panel.value = panel.value === which ? null : which;
}
