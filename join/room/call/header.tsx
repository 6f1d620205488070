/** Above the tiles: topic, recording indicator, remaining time. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../icon";
import { Heading } from "../lobby/step";
import { t } from "../words";
import { now } from "./clock";
import { endsAt, isRecording } from "./connection";
import { countdown, SHOWN_FROM } from "./countdown";

export function CallHeader({ topic }: { topic: string }) {
  return (
    <header class="head-of-call">
      <div class="topic">
        <Heading>{topic || t("meeting")}</Heading>
      </div>
      {isRecording.value && (
        <p class="mark rec">
          <Icon name="circle-dot" />
          {t("recording")}
        </p>
      )}
      <TimeLeft />
    </header>
  );
}

function TimeLeft() {
  const shown = useSignal(now());
  const ends = endsAt.value;
  useEffect(() => {
    if (ends === null) return;
    shown.value = now();
    const timer = setInterval(() => {
      shown.value = now();
    }, 1000);
    return () => clearInterval(timer);
  }, [shown, ends]);
  const left = ends === null ? null : ends - shown.value;
  if (left === null || left > SHOWN_FROM) return null;
  return (
    <p class="mark">
      <Icon name="hourglass" />
      {t("timeLeft", { time: countdown(left) })}
    </p>
  );
}
