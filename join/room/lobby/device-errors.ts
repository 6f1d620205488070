/** Why a camera or microphone cannot be used, and the help for it. */

import type { Key } from "../words";

/**
 * denied: by the person or a policy; missing: no device; busy: used by another program; insecure: getUserMedia
 * needs https; unanswered: neither opened nor refused, such as while the browser asks; unknown: anything else.
 */
export type DeviceError = "denied" | "missing" | "busy" | "insecure" | "unanswered" | "unknown";

const ERRORS: Record<string, DeviceError> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

export function deviceErrorOf(error: unknown, isSecure: boolean): DeviceError {
  if (!isSecure) return "insecure";
  return ERRORS[(error as { name?: string } | null)?.name ?? ""] ?? "unknown";
}

export type Browser = "chromium" | "firefox" | "safari" | "ios" | "other";

/** Browsers with the same permission settings are one family. */
export function browserOf(agent: string): Browser {
  if (/iPhone|iPad/.test(agent)) return "ios";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Chrome\/|Chromium\/|Edg\//.test(agent)) return "chromium";
  return /Safari\//.test(agent) ? "safari" : "other";
}

const PERMISSION_HELP: Record<Browser, Key> = {
  chromium: "allowInChromium",
  firefox: "allowInFirefox",
  safari: "allowInSafari",
  ios: "allowOnIos",
  other: "allowAnywhere",
};

const HELP: Record<Exclude<DeviceError, "denied">, Key> = {
  missing: "missingHelp",
  busy: "busyHelp",
  insecure: "insecureHelp",
  unanswered: "unansweredHelp",
  unknown: "unknownHelp",
};

/** The key of the sentence that helps. */
export function helpFor(reason: DeviceError, browser: Browser): Key {
  return reason === "denied" ? PERMISSION_HELP[browser] : HELP[reason];
}

/** The key of the sentence that says what cannot be used; null when all can. */
export function titleFor(camera: DeviceError | null, microphone: DeviceError | null): Key | null {
  if (camera && microphone) return "noCameraNoMicrophone";
  if (camera) return "noCamera";
  return microphone ? "noMicrophone" : null;
}

/** What the page uses and has no replacement for. Syntax is not looked at: a script with unknown one does not run. */
const NEEDED = ["RTCPeerConnection", "ResizeObserver", "HTMLDialogElement", "AbortController"];

/** Whether the browser lacks WebRTC, getUserMedia, or another thing that the page needs. */
export function isTooOld(scope: Window): boolean {
  const hasDevices = !scope.isSecureContext || !!scope.navigator.mediaDevices?.getUserMedia;
  const hasLanguage = "ListFormat" in Intl && "at" in Array.prototype;
  return !hasDevices || !hasLanguage || NEEDED.some((name) => !(name in scope));
}
