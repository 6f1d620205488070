import type { IconName } from "./icons";

/** An icon beside words that say the same: hidden from those who hear the page. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" aria-hidden="true">
      <use href={`${document.body.dataset.icons}#${name}`} />
    </svg>
  );
}
