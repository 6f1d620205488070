import { afterEach, describe, expect, it } from "vitest";
import { say, speak } from "./words";

afterEach(() => speak({}));

describe("a sentence", () => {
  it("is the server's, in the page's language", () => {
    speak({ mute: "Stummschalten" });
    expect(say("mute")).toBe("Stummschalten");
  });

  it("says the facts where they belong", () => {
    speak({ hello: "Hello, {name}" });
    expect(say("hello", { name: "Anna" })).toBe("Hello, Anna");
  });

  it("takes a name as it is, whatever stands in it", () => {
    speak({ hello: "Hello, {name}" });
    expect(say("hello", { name: "$& {name}" })).toBe("Hello, $& {name}");
  });

  it("keeps a place for which there is no fact", () => {
    speak({ hello: "Hello, {name}" });
    expect(say("hello")).toBe("Hello, {name}");
  });

  it("that is missing is its key", () => {
    expect(say("mute")).toBe("mute");
  });
});
