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
  it("is begun and left", async () => {
    await toggleFullScreen();
    expect(isFullScreen.value).toBe(true);
    await toggleFullScreen();
    expect(isFullScreen.value).toBe(false);
  });

  it("is known to be over when the browser ended it", async () => {
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

  it("is not left where it was not begun", () => {
    stop();
    expect(page.exitFullscreen).not.toHaveBeenCalled();
  });

  it("that is refused changes nothing", async () => {
    page.documentElement.requestFullscreen = () => Promise.reject(new TypeError("no click"));
    await toggleFullScreen();
    expect(isFullScreen.value).toBe(false);
  });

  it("is not asked for where there is none", async () => {
    page.fullscreenEnabled = false;
    const asked = vi.spyOn(page.documentElement, "requestFullscreen");
    await toggleFullScreen();
    expect(canFullScreen()).toBe(false);
    expect(asked).not.toHaveBeenCalled();
  });
});
