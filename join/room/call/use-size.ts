/** An element's size as a signal. */

import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Size } from "./layout";

export function useSize(): { ref: RefObject<HTMLElement | null>; size: Signal<Size> } {
  const ref = useRef<HTMLElement>(null);
  const size = useSignal<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const update = ({ width, height }: Size) => {
      size.value = { width, height };
    };
    update(element.getBoundingClientRect()); // at once: LiveKit's adaptive stream pauses video of size 0
    const observer = new ResizeObserver(([entry]) => entry && update(entry.contentRect));
    observer.observe(element);
    return () => observer.disconnect();
  }, [size]);
  return { ref, size };
}
