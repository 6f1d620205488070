import { Fragment, h, type VNode } from "preact";
import { describe, expect, it } from "vitest";
import "./translation";

const childrenOf = (vnode: unknown) => (vnode as VNode<{ children: unknown }>).props.children;
const shape = (one: unknown): unknown => {
  if (Array.isArray(one)) return one.map(shape);
  if (typeof one !== "object" || one === null) return one;
  const { type, key } = one as VNode;
  return [type, key, childrenOf(one)];
};

describe("a text", () => {
  it("is in an element of its own, keyed by the text", () => {
    expect(shape(childrenOf(h("button", null, "Mute")))).toEqual(["font", "Mute", "Mute"]);
    expect(shape(childrenOf(h("p", null, 3)))).toEqual(["font", 3, 3]);
  });

  it("is so beside others, in lists and in fragments", () => {
    const name = h("b", null);
    expect(shape(childrenOf(h("p", null, "Hello, ", name, ["a", "b"])))).toEqual([
      ["font", "Hello, ", "Hello, "],
      ["b", undefined, undefined],
      [
        ["font", "a", "a"],
        ["font", "b", "b"],
      ],
    ]);
    expect(shape(childrenOf(h(Fragment, null, "a")))).toEqual(["font", "a", "a"]);
  });

  it("is left alone where only text can be", () => {
    expect(childrenOf(h("option", null, "Camera 1"))).toBe("Camera 1");
  });

  it("that is a component's is left to what the component makes of it", () => {
    const Title = ({ children }: { children: string }) => h("h1", null, children);
    expect(childrenOf(h(Title, { children: "Meeting" }))).toBe("Meeting");
  });
});

it("names are not translated, sentences are", () => {
  expect(h("bdi", null, "Rose").props).toMatchObject({ translate: "no" });
  expect(h("p", null, "Hello").props).not.toHaveProperty("translate");
});
