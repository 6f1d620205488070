import type { Room, Track } from "livekit-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { link, people, room, shares } from "./connection";
import type { Share } from "./people";
import { person } from "./testing";
import { items, large, pinned, togglePin, toggleView, view, watchView } from "./view";

const me = person("me", { isLocal: true });
const anna = person("anna");
const ben = person("ben");

function shareOf(identity: string, isLocal = false): Share {
  return { identity, isLocal, name: identity, video: {} as Track };
}

let stop = () => {};

beforeEach(() => {
  room.value = {} as Room;
  people.value = [me, anna, ben];
  shares.value = [];
  link.value = "steady";
  pinned.value = null;
  view.value = "grid";
  stop = watchView();
});

afterEach(() => stop());

describe("the grid", () => {
  it("shows all alike", () => {
    expect(items.value.map(({ key }) => key)).toEqual(["me", "anna", "ben"]);
    expect(large.value).toBeNull();
  });

  it("shows a pinned person large, until they are unpinned", () => {
    togglePin("ben");
    expect(large.value?.key).toBe("ben");
    togglePin("ben");
    expect(large.value).toBeNull();
  });

  it("keeps the pin of somebody who reconnects, and shows nobody large meanwhile", () => {
    togglePin("ben");
    people.value = [me, anna];
    expect(large.value).toBeNull();
    people.value = [me, anna, ben];
    expect(large.value?.key).toBe("ben");
  });
});

describe("the speaker view", () => {
  it("follows the speaker", () => {
    toggleView();
    people.value = [me, anna, { ...ben, isSpeaking: true }];
    expect(large.value?.key).toBe("ben");
    people.value = [me, { ...anna, isSpeaking: true }, ben];
    expect(large.value?.key).toBe("anna");
  });

  it("does not follow past a pin", () => {
    toggleView();
    togglePin("ben");
    people.value = [me, { ...anna, isSpeaking: true }, ben];
    expect(large.value?.key).toBe("ben");
  });

  it("loses its pin when the person chooses another view, which a pin would hide", () => {
    togglePin("ben");
    toggleView();
    expect(pinned.value).toBeNull();
    expect(view.value).toBe("speaker");
  });
});

describe("a shared screen", () => {
  it("is large by itself, with everybody beside it, and gone afterwards", () => {
    shares.value = [shareOf("anna")];
    expect(large.value && "share" in large.value).toBe(true);
    expect(items.value.length).toBe(4);
    shares.value = [];
    expect(view.value).toBe("grid");
    expect(large.value).toBeNull();
  });

  it("becomes a tile where the person wants a grid, and the next one is large again", () => {
    shares.value = [shareOf("anna")];
    toggleView();
    expect(large.value).toBeNull();
    expect(items.value[0]?.key).toBe("screen of anna");
    shares.value = [];
    shares.value = [shareOf("ben")];
    expect(large.value?.key).toBe("screen of ben");
  });

  it("leaves the speaker view as it found it", () => {
    toggleView();
    shares.value = [shareOf("anna")];
    shares.value = [];
    expect(view.value).toBe("speaker");
  });

  it("that is gone only during the own reconnect changes no view", () => {
    shares.value = [shareOf("anna")];
    toggleView();
    link.value = "full";
    shares.value = [];
    shares.value = [shareOf("anna")];
    link.value = "steady";
    expect(view.value).toBe("grid");
  });

  it("is the newest of two", () => {
    shares.value = [shareOf("anna"), shareOf("ben")];
    expect(large.value?.key).toBe("screen of ben");
  });

  it("of this person is not shown to them", () => {
    shares.value = [shareOf("me", true)];
    expect(items.value.length).toBe(3);
    expect(view.value).toBe("grid");
  });
});
