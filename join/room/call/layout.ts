/** How tiles fill a space. Sizes are CSS pixels. */

export interface Size {
  width: number;
  height: number;
}

export interface Grid {
  columns: number;
  tile: Size;
}

export const GAP = 8;
export const AT_MOST = 25; // tiles on one page
const LEAST: Size = { width: 112, height: 84 }; // of a tile in which a face and a name can be made out
const WIDEST = 16 / 9;
const PAGER = 52; // CSS has the same
const STRIP = { share: 0.22, least: 116, most: 264 }; // beside or below something large

export const isWide = ({ width, height }: Size) => width > height;

/** The grid in which `count` tiles are largest, and little of their pictures is cut off. */
export function gridFor(count: number, space: Size): Grid {
  let best: Grid = { columns: 1, tile: { width: 0, height: 0 } };
  let most = -1;
  for (let columns = 1; columns <= count; columns++) {
    const cell = cellOf(count, columns, space);
    const tile = shaped(cell, space);
    const worth = area(tile) + area(whole(cell, space));
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

/** The largest whole picture in a cell: of a camera, which is wide; on phones held upright it is not. */
function whole(cell: Size, space: Size): Size {
  const ratio = isWide(space) ? WIDEST : 1;
  const height = Math.min(cell.width / ratio, cell.height);
  return { width: height * ratio, height };
}

/** A cell, without what would only show less of a picture or nothing. */
function shaped({ width, height }: Size, space: Size): Size {
  const narrowest = isWide(space) ? 4 / 3 : 3 / 4;
  return {
    width: Math.floor(Math.min(width, height * WIDEST)),
    height: Math.floor(Math.min(height, width / narrowest)),
  };
}

/** How many of `count` tiles a page has room for, at least one. */
export function roomFor(count: number, space: Size): number {
  let fit = Math.min(count, AT_MOST);
  while (fit > 1 && !isLegible(gridFor(fit, space).tile)) fit--;
  return Math.max(1, fit);
}

function isLegible({ width, height }: Size): boolean {
  return width >= LEAST.width && height >= LEAST.height;
}

/** Something large, and the people beside it; below it where the space is upright. */
export function split(space: Size): { large: Size; strip: Size } {
  const length = isWide(space) ? space.width : space.height;
  const part = Math.round(Math.min(STRIP.most, Math.max(STRIP.least, length * STRIP.share)));
  const rest = Math.max(0, length - part - GAP);
  return isWide(space)
    ? { large: { ...space, width: rest }, strip: { ...space, width: part } }
    : { large: { ...space, height: rest }, strip: { ...space, height: part } };
}

/** A page's buttons stand below its tiles, or, where height is what is scarce, beside them. */
export function withPager(space: Size): { isAside: boolean; tiles: Size } {
  const isAside = isWide(space) && space.height < 300;
  const less = (length: number) => Math.max(0, length - PAGER);
  const tiles = isAside
    ? { ...space, width: less(space.width) }
    : { ...space, height: less(space.height) };
  return { isAside, tiles };
}
