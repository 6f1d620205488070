import type { IconName } from "./icons";

/** A decorative icon beside a text: hidden from screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" aria-hidden="true">
      <use href={`${document.body.dataset.icons}#${name}`} />
    </svg>
  );
}
