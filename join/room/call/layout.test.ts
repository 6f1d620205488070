import { describe, expect, it } from "vitest";
import { capacity, GAP, gridFor, type Size, split, withPager } from "./layout";

const DESKTOP: Size = { width: 1264, height: 600 };
const PHONE: Size = { width: 344, height: 500 };
const LANDSCAPE: Size = { width: 624, height: 240 };
const COUNTS = Array.from({ length: 25 }, (_, before) => before + 1);
const SPACES = [
  DESKTOP,
  PHONE,
  LANDSCAPE,
  { width: 1904, height: 900 },
  { width: 752, height: 900 },
];

function used(count: number, space: Size): number {
  const { tile } = gridFor(count, space);
  return (count * tile.width * tile.height) / (space.width * space.height);
}

describe("a grid", () => {
  it.each(SPACES)("of 1 to 25 stays inside %o", (space) => {
    for (const count of COUNTS) {
      const { columns, tile } = gridFor(count, space);
      const rows = Math.ceil(count / columns);
      expect(columns * tile.width + (columns - 1) * GAP).toBeLessThanOrEqual(space.width);
      expect(rows * tile.height + (rows - 1) * GAP).toBeLessThanOrEqual(space.height);
    }
  });

  it.each(SPACES)("of 1 to 25 has no empty row or column in %o", (space) => {
    for (const count of COUNTS) {
      const { columns } = gridFor(count, space);
      expect(columns).toBeLessThanOrEqual(count);
      expect(Math.ceil(count / columns) * columns - count).toBeLessThan(columns);
    }
  });

  it.each(SPACES)("of 1 to 25 wastes less than half of %o", (space) => {
    for (const count of COUNTS) {
      expect(used(count, space)).toBeGreaterThan(0.5);
    }
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 2],
    [6, 3],
    [9, 3],
    [12, 4],
    [16, 4],
    [25, 5],
  ])("of %i on a desktop has %i columns", (count, columns) => {
    expect(gridFor(count, DESKTOP).columns).toBe(columns);
  });

  it.each([
    [1, 1],
    [2, 1],
    [4, 2],
    [6, 2],
  ])("of %i on a phone has %i columns", (count, columns) => {
    expect(gridFor(count, PHONE).columns).toBe(columns);
  });

  it.each(SPACES)("of 1 to 25 crops little in %o", (space) => {
    for (const count of COUNTS) {
      const { width, height } = gridFor(count, space).tile;
      expect(width / height).toBeLessThan(1.8);
      expect(width / height).toBeGreaterThan(0.74);
    }
  });

  it("has no tile at all in no space", () => {
    expect(gridFor(3, { width: 0, height: 0 }).tile).toEqual({ width: 0, height: 0 });
  });
});

describe("a page", () => {
  it("has room for 25 on a desktop", () => {
    expect(capacity(25, DESKTOP)).toBe(25);
  });

  it("never has more, however large the screen", () => {
    expect(capacity(80, { width: 3840, height: 2000 })).toBe(25);
  });

  it.each([PHONE, LANDSCAPE])("has only tiles of the minimum size, in %o", (space) => {
    const fit = capacity(25, space);
    const { tile } = gridFor(fit, space);
    expect(fit).toBeGreaterThanOrEqual(6);
    expect(fit).toBeLessThan(25);
    expect(Math.min(tile.width / 112, tile.height / 84)).toBeGreaterThanOrEqual(1);
  });

  it("has room for one where there is no room", () => {
    expect(capacity(5, { width: 20, height: 20 })).toBe(1);
  });
});

describe("something large", () => {
  it("has the people beside it on a wide screen", () => {
    const { large, strip } = split(DESKTOP);
    expect(large.width + GAP + strip.width).toBe(DESKTOP.width);
    expect([large.height, strip.height]).toEqual([600, 600]);
    expect(large.width).toBeGreaterThan(strip.width * 3);
  });

  it("has them below it on a phone in portrait orientation", () => {
    const { large, strip } = split(PHONE);
    expect(large.height + GAP + strip.height).toBe(PHONE.height);
    expect(large.width).toBe(PHONE.width);
    expect(capacity(10, strip)).toBeGreaterThanOrEqual(2);
  });
});

describe("the pager", () => {
  it("is below the tiles", () => {
    expect(withPager(PHONE)).toEqual({ isAside: false, tiles: { width: 344, height: 448 } });
  });

  it("is beside them where there is little height", () => {
    expect(withPager(LANDSCAPE)).toEqual({ isAside: true, tiles: { width: 572, height: 240 } });
    const { strip } = split(PHONE);
    expect(capacity(25, withPager(strip).tiles)).toBeGreaterThanOrEqual(2);
  });

  it("is no larger than the space", () => {
    expect(withPager({ width: 0, height: 20 }).tiles.height).toBe(0);
  });
});
