/** What the door's steps have in common. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import type { IconName } from "../icons";
import type { Page } from "../page";
import { say } from "../words";
import { regional, sayWhen } from "./start-time";

let isFirst = true;

/** A step's heading takes the focus when the step comes, so that it is read out; on load, it does not. */
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
      <Heading>{page.topic || say("meeting")}</Heading>
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
  const said = sayWhen(at, regional(language, navigator.languages), new Date());
  return <time dateTime={at}>{said}</time>;
}

export function Recorded() {
  return (
    <div class="note recorded">
      <Icon name="radio" />
      <div>
        <h2>{say("recorded")}</h2>
        <p class="small">{say("recordedDetail")}</p>
      </div>
    </div>
  );
}
