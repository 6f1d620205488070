/** Shared parts of the steps before and after the call. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import type { IconName } from "../icons";
import type { Page } from "../page";
import { t } from "../words";
import { formatStart, regionalLocale } from "./start-time";

let isFirst = true;

/** Focused on a step change, so that screen readers read it; not on page load. */
export function Heading({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

interface EmblemProps {
  icon: IconName;
  isStop?: boolean;
}

export function Emblem({ icon, isStop = false }: EmblemProps) {
  return (
    <div class={isStop ? "emblem stop" : "emblem"}>
      <Icon name={icon} />
    </div>
  );
}

/** Topic and start. */
export function Facts({ page }: { page: Page }) {
  return (
    <div class="tight">
      <Heading>{page.topic || t("meeting")}</Heading>
      {page.startsAt && (
        <p class="when quiet">
          <Icon name="calendar-clock" />
          <Start at={page.startsAt} language={page.language} />
        </p>
      )}
    </div>
  );
}

function Start({ at, language }: { at: string; language: string }) {
  const text = formatStart(at, regionalLocale(language, navigator.languages), new Date());
  return <time dateTime={at}>{text}</time>;
}

export function Recorded() {
  return (
    <div class="note recorded">
      <Icon name="radio" />
      <div>
        <h2>{t("recorded")}</h2>
        <p class="small">{t("recordedDetail")}</p>
      </div>
    </div>
  );
}
