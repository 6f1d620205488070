import { afterEach, describe, expect, it } from "vitest";
import { setWords, t } from "./words";

afterEach(() => setWords({}));

describe("a translation", () => {
  it("is the server's", () => {
    setWords({ mute: "Stummschalten" });
    expect(t("mute")).toBe("Stummschalten");
  });

  it("has its parameters inserted", () => {
    setWords({ hello: "Hello, {name}" });
    expect(t("hello", { name: "Anna" })).toBe("Hello, Anna");
  });

  it("inserts values literally", () => {
    setWords({ hello: "Hello, {name}" });
    expect(t("hello", { name: "$& {name}" })).toBe("Hello, $& {name}");
  });

  it("keeps a placeholder without a value", () => {
    setWords({ hello: "Hello, {name}" });
    expect(t("hello")).toBe("Hello, {name}");
  });

  it("that is missing is its key", () => {
    expect(t("mute")).toBe("mute");
  });
});
