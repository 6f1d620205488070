import { describe, expect, it } from "vitest";
import { browserOf, deviceErrorOf, helpFor, isTooOld, titleFor } from "./device-errors";

const error = (name: string) => new DOMException("", name);

describe("why a device cannot be used", () => {
  it.each([
    ["NotAllowedError", "denied"],
    ["SecurityError", "denied"],
    ["NotFoundError", "missing"],
    ["OverconstrainedError", "missing"],
    ["NotReadableError", "busy"],
    ["AbortError", "busy"],
    ["TypeError", "unknown"],
  ] as const)("%s means %s", (name, reason) => {
    expect(deviceErrorOf(error(name), true)).toBe(reason);
  });

  it("is the insecure origin", () => {
    expect(deviceErrorOf(new TypeError("undefined"), false)).toBe("insecure");
  });

  it.each([undefined, null, "text", {}])("is unknown for %s", (thrown) => {
    expect(deviceErrorOf(thrown, true)).toBe("unknown");
  });
});

const AGENTS = {
  chromium: "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  safari: "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
  ios: "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 CriOS/140.0 Mobile/15E148 Safari/604.1",
  other: "curl/8",
};

describe("help", () => {
  it.each(Object.entries(AGENTS))("knows %s", (browser, agent) => {
    expect(browserOf(agent)).toBe(browser);
  });

  it("for a denied device depends on the browser", () => {
    expect(helpFor("denied", "firefox")).toBe("allowInFirefox");
    expect(helpFor("denied", "safari")).toBe("allowInSafari");
  });

  it("for anything else does not", () => {
    expect(helpFor("busy", "firefox")).toBe("busyHelp");
    expect(helpFor("missing", "ios")).toBe("missingHelp");
    expect(helpFor("insecure", "other")).toBe("insecureHelp");
    expect(helpFor("unknown", "other")).toBe("unknownHelp");
  });

  it.each([
    [null, null, null],
    ["busy", null, "noCamera"],
    [null, "busy", "noMicrophone"],
    ["denied", "missing", "noCameraNoMicrophone"],
  ] as const)("for %s and %s has the title %s", (camera, microphone, title) => {
    expect(titleFor(camera, microphone)).toBe(title);
  });
});

describe("a browser", () => {
  const parts = ["RTCPeerConnection", "ResizeObserver", "HTMLDialogElement", "AbortController"];
  const has = (...names: string[]) => Object.fromEntries(names.map((name) => [name, class {}]));
  const scope = (facts: object) => ({ isSecureContext: true, ...facts }) as unknown as Window;
  const devices = { mediaDevices: { getUserMedia: () => {} } };

  it("with WebRTC and what the page needs besides is not too old", () => {
    expect(isTooOld(scope({ ...has(...parts), navigator: devices }))).toBe(false);
  });

  it.each(parts)("without %s is too old", (part) => {
    const others = parts.filter((one) => one !== part);
    expect(isTooOld(scope({ ...has(...others), navigator: devices }))).toBe(true);
  });

  it("without getUserMedia is too old", () => {
    expect(isTooOld(scope({ ...has(...parts), navigator: {} }))).toBe(true);
  });

  it("that hides devices from an insecure page is not", () => {
    const facts = { isSecureContext: false, ...has(...parts), navigator: {} };
    expect(isTooOld(scope(facts))).toBe(false);
  });
});
