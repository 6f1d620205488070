/** How much room a part of the page has, while it changes. */

import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Size } from "./layout";

export function useSpace(): { part: RefObject<HTMLElement | null>; space: Signal<Size> } {
  const part = useRef<HTMLElement>(null);
  const space = useSignal<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = part.current;
    if (!element) return;
    const see = ({ width, height }: Size) => {
      space.value = { width, height };
    };
    see(element.getBoundingClientRect()); // at once: LiveKit holds back pictures that have no size yet
    const watching = new ResizeObserver(([seen]) => seen && see(seen.contentRect));
    watching.observe(element);
    return () => watching.disconnect();
  }, [space]);
  return { part, space };
}
