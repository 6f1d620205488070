import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { canFullScreen, isFullScreen, toggleFullScreen, watchFullScreen } from "./fullscreen";

class Page extends EventTarget {
  fullscreenEnabled = true;
  fullscreenElement: object | null = null;
  documentElement = {
    requestFullscreen: async () => this.become(this.documentElement),
  };
  exitFullscreen = vi.fn(async () => this.become(null));

  private become(shown: object | null) {
    this.fullscreenElement = shown;
    this.dispatchEvent(new Event("fullscreenchange"));
  }
}

let page: Page;
let stop: () => void;

beforeEach(() => {
  page = new Page();
  vi.stubGlobal("document", page);
  stop = watchFullScreen();
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

describe("full screen", () => {
  it("is entered and left", async () => {
    await toggleFullScreen();
    expect(isFullScreen.value).toBe(true);
    await toggleFullScreen();
    expect(isFullScreen.value).toBe(false);
  });

  it("is tracked when the browser ends it", async () => {
    await toggleFullScreen();
    await page.exitFullscreen();
    expect(isFullScreen.value).toBe(false);
  });

  it("ends with the call", async () => {
    await toggleFullScreen();
    stop();
    expect(page.exitFullscreen).toHaveBeenCalledTimes(1);
    expect(isFullScreen.value).toBe(false);
  });

  it("is not left where it was not entered", () => {
    stop();
    expect(page.exitFullscreen).not.toHaveBeenCalled();
  });

  it("that is rejected changes nothing", async () => {
    page.documentElement.requestFullscreen = () => Promise.reject(new TypeError("no click"));
    await toggleFullScreen();
    expect(isFullScreen.value).toBe(false);
  });

  it("is not requested where it is not supported", async () => {
    page.fullscreenEnabled = false;
    const asked = vi.spyOn(page.documentElement, "requestFullscreen");
    await toggleFullScreen();
    expect(canFullScreen()).toBe(false);
    expect(asked).not.toHaveBeenCalled();
  });
});
