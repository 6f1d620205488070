/** Why a camera or microphone cannot be used, and what helps. */

import type { Key } from "../words";

/**
 * denied: by a person or by rule; missing: there is none; busy: another program has it; insecure: browsers
 * hand devices to https only; unknown: anything else.
 */
export type Reason = "denied" | "missing" | "busy" | "insecure" | "unknown";

const REASONS: Record<string, Reason> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

export function reasonOf(error: unknown, isSecure: boolean): Reason {
  if (!isSecure) return "insecure";
  return REASONS[(error as { name?: string } | null)?.name ?? ""] ?? "unknown";
}

export type Browser = "chromium" | "firefox" | "safari" | "ios" | "other";

/** The family of a browser, as far as the way to its permissions goes. */
export function browserOf(agent: string): Browser {
  if (/iPhone|iPad/.test(agent)) return "ios";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Chrome\/|Chromium\/|Edg\//.test(agent)) return "chromium";
  return /Safari\//.test(agent) ? "safari" : "other";
}

const ALLOWING: Record<Browser, Key> = {
  chromium: "allowInChromium",
  firefox: "allowInFirefox",
  safari: "allowInSafari",
  ios: "allowOnIos",
  other: "allowAnywhere",
};

const DETAILS: Record<Exclude<Reason, "denied">, Key> = {
  missing: "missingHelp",
  busy: "busyHelp",
  insecure: "insecureHelp",
  unknown: "unknownHelp",
};

/** The key of the sentence that tells a way out. */
export function helpFor(reason: Reason, browser: Browser): Key {
  return reason === "denied" ? ALLOWING[browser] : DETAILS[reason];
}

/** The key of the sentence that says what cannot be used; null when all can. */
export function titleFor(camera: Reason | null, microphone: Reason | null): Key | null {
  if (camera && microphone) return "noCameraNoMicrophone";
  if (camera) return "noCamera";
  return microphone ? "noMicrophone" : null;
}

/** Whether the page's browser can hold a call at all. */
export function isTooOld(scope: Window): boolean {
  const hasDevices = !scope.isSecureContext || !!scope.navigator.mediaDevices?.getUserMedia;
  return !("RTCPeerConnection" in scope) || !hasDevices;
}
