/** All tiles: in a grid, or one large and the others beside it; paginated where they do not all fit. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Icon } from "../icon";
import { t } from "../words";
import { people } from "./connection";
import { capacity, GAP, gridFor, isWide, type Size, split, withPager } from "./layout";
import { Tile } from "./tile";
import { orderTiles } from "./tile-order";
import { useSize } from "./use-size";
import { type Item, items, large } from "./view";

export function VideoLayout() {
  const { ref, size } = useSize();
  return (
    <section
      ref={ref}
      class={isWide(size.value) ? "pictures" : "pictures upright"}
      aria-label={t("pictures")}
    >
      {size.value.width > 0 && <Arranged space={size.value} />}
    </section>
  );
}

function Arranged({ space }: { space: Size }) {
  const big = large.value;
  const others = items.value.filter(({ key }) => key !== big?.key);
  const parts = big && others.length ? split(space) : { large: space, strip: space };
  return (
    <>
      {big && (
        <div class="large" style={sized(parts.large)}>
          <Tile item={big} isLarge />
        </div>
      )}
      {others.length > 0 && <Tiles shown={others} space={parts.strip} />}
    </>
  );
}

const sized = ({ width, height }: Size) => ({ width: `${width}px`, height: `${height}px` });

function Tiles({ shown, space }: { shown: Item[]; space: Size }) {
  const page = useSignal(0);
  const order = useRef<string[]>([]);
  const isPaged = capacity(shown.length, space) < shown.length;
  const { isAside, tiles: grid } = isPaged ? withPager(space) : { isAside: false, tiles: space };
  const fit = capacity(shown.length, grid);
  const pages = Math.ceil(shown.length / fit);
  const at = Math.min(page.value, pages - 1);
  const sorted = sortItems(shown, order.current, fit);
  order.current = sorted.map(({ key }) => key);
  const visible = sorted.slice(at * fit, (at + 1) * fit);
  const { columns, tile } = gridFor(isPaged ? fit : visible.length, grid);
  return (
    <div class={isAside ? "tiles aside" : "tiles"} style={sized(space)}>
      <ul
        class="grid"
        data-people={people.value.length}
        style={{ maxWidth: `${columns * (tile.width + GAP)}px` }}
      >
        {visible.map((item) => (
          <li key={item.key} style={sized(tile)}>
            <Tile item={item} />
          </li>
        ))}
      </ul>
      {isPaged && <Pager at={at} pages={pages} onTurn={(to) => (page.value = to)} />}
    </div>
  );
}

/** Screens first, then people, with speakers on the first page. */
function sortItems(shown: Item[], before: string[], fit: number): Item[] {
  const screens = shown.filter((item) => "share" in item);
  const persons = shown.flatMap((item) => ("person" in item ? [item.person] : []));
  const room = Math.max(1, fit - screens.length);
  const sorted = orderTiles(persons, before.slice(screens.length), room);
  const place = new Map(sorted.map((identity, number) => [identity, number]));
  const placeOf = ({ key }: Item) => place.get(key) ?? -1;
  return [...shown].sort((one, other) => placeOf(one) - placeOf(other));
}

interface PagerProps {
  at: number;
  pages: number;
  onTurn: (to: number) => void;
}

function Pager({ at, pages, onTurn }: PagerProps) {
  const params = { page: String(at + 1), pages: String(pages) };
  return (
    <div class="pager">
      <Turn
        icon="chevron-left"
        name={t("previousPage")}
        to={at - 1}
        pages={pages}
        onTurn={onTurn}
      />
      <span>{t("pageOf", params)}</span>
      <Turn icon="chevron-right" name={t("nextPage")} to={at + 1} pages={pages} onTurn={onTurn} />
    </div>
  );
}

interface TurnProps {
  icon: "chevron-left" | "chevron-right";
  name: string;
  to: number;
  pages: number;
  onTurn: (to: number) => void;
}

function Turn({ icon, name, to, pages, onTurn }: TurnProps) {
  return (
    <button
      type="button"
      class="plain"
      aria-label={name}
      aria-disabled={to < 0 || to >= pages}
      onClick={() => onTurn(Math.min(pages - 1, Math.max(0, to)))}
    >
      <Icon name={icon} />
    </button>
  );
}
