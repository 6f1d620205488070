/** A full-page message after the call, or instead of it. */

import type { ComponentChildren } from "preact";
import type { IconName } from "../icons";
import { Emblem, Heading } from "./step";

interface MessageScreenProps {
  icon: IconName;
  title: string;
  detail: string;
  /** The label of the button; empty for none. */
  back: string;
  onBack: () => void;
  children?: ComponentChildren;
}

export function MessageScreen({ icon, title, detail, back, onBack, children }: MessageScreenProps) {
  return (
    <main class="page">
      <div class="card">
        <Emblem icon={icon} />
        <div class="tight">
          <Heading>{title}</Heading>
          <p class="quiet">{detail}</p>
        </div>
        {back && (
          <button type="button" class={children ? "wide" : "primary wide"} onClick={onBack}>
            {back}
          </button>
        )}
        {children}
      </div>
    </main>
  );
}
