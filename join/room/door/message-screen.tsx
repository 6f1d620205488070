/** After the call, or instead of it: what happened, and the way back where there is one. */

import type { ComponentChildren } from "preact";
import type { IconName } from "../icons";
import { Emblem, Heading } from "./step";

interface FarewellProps {
  icon: IconName;
  title: string;
  detail: string;
  /** What the button back says; empty where there is no way back. */
  back: string;
  onBack: () => void;
  children?: ComponentChildren;
}

export function Farewell({ icon, title, detail, back, onBack, children }: FarewellProps) {
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
