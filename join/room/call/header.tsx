/** Above the tiles: topic, recording indicator, remaining time. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../icon";
import { Heading } from "../lobby/step";
import { t } from "../words";
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
  const now = useSignal(Date.now());
  const ends = endsAt.value;
  useEffect(() => {
    if (ends === null) return;
    now.value = Date.now();
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  }, [now, ends]);
  const left = ends === null ? null : ends - now.value;
  if (left === null || left > SHOWN_FROM) return null;
  return (
    <p class="mark">
      <Icon name="hourglass" />
      {t("timeLeft", { time: countdown(left) })}
    </p>
  );
}
