/** The geometry of tiles in a space. Sizes are CSS pixels. */

export interface Size {
  width: number;
  height: number;
}

export interface Grid {
  columns: number;
  tile: Size;
}

export const GAP = 8;
export const MAX_TILES = 25; // on one page
const MIN_TILE: Size = { width: 112, height: 84 }; // face and name are recognisable
const WIDEST = 16 / 9;
const PAGER = 52; // as in call.css
const STRIP = { share: 0.22, least: 116, most: 264 }; // beside or below something large

export const isWide = ({ width, height }: Size) => width > height;

/** The grid with the largest tiles and the least cropping. */
export function gridFor(count: number, space: Size): Grid {
  let best: Grid = { columns: 1, tile: { width: 0, height: 0 } };
  let most = -1;
  for (let columns = 1; columns <= count; columns++) {
    const cell = cellOf(count, columns, space);
    const tile = cropped(cell, space);
    const worth = area(tile) + area(uncropped(cell, space));
    if (worth > most) [most, best] = [worth, { columns, tile }];
  }
  return best;
}

const area = ({ width, height }: Size) => width * height;

function cellOf(count: number, columns: number, { width, height }: Size): Size {
  const rows = Math.ceil(count / columns);
  return {
    width: Math.max(0, (width - GAP * (columns - 1)) / columns),
    height: Math.max(0, (height - GAP * (rows - 1)) / rows),
  };
}

/** The largest uncropped video in a cell: 16:9, or square in portrait orientation. */
function uncropped(cell: Size, space: Size): Size {
  const ratio = isWide(space) ? WIDEST : 1;
  const height = Math.min(cell.width / ratio, cell.height);
  return { width: height * ratio, height };
}

/** A cell, limited to aspect ratios that crop little. */
function cropped({ width, height }: Size, space: Size): Size {
  const narrowest = isWide(space) ? 4 / 3 : 3 / 4;
  return {
    width: Math.floor(Math.min(width, height * WIDEST)),
    height: Math.floor(Math.min(height, width / narrowest)),
  };
}

/** How many of `count` tiles fit on a page, at least one. */
export function capacity(count: number, space: Size): number {
  let fit = Math.min(count, MAX_TILES);
  while (fit > 1 && !isLegible(gridFor(fit, space).tile)) fit--;
  return Math.max(1, fit);
}

function isLegible({ width, height }: Size): boolean {
  return width >= MIN_TILE.width && height >= MIN_TILE.height;
}

/** A large tile and a strip beside it, or below it in portrait orientation. */
export function split(space: Size): { large: Size; strip: Size } {
  const length = isWide(space) ? space.width : space.height;
  const part = Math.round(Math.min(STRIP.most, Math.max(STRIP.least, length * STRIP.share)));
  const rest = Math.max(0, length - part - GAP);
  return isWide(space)
    ? { large: { ...space, width: rest }, strip: { ...space, width: part } }
    : { large: { ...space, height: rest }, strip: { ...space, height: part } };
}

/** The pager is below the tiles, or beside them where height is scarce. */
export function withPager(space: Size): { isAside: boolean; tiles: Size } {
  const isAside = isWide(space) && space.height < 300;
  const less = (length: number) => Math.max(0, length - PAGER);
  const tiles = isAside
    ? { ...space, width: less(space.width) }
    : { ...space, height: less(space.height) };
  return { isAside, tiles };
}
