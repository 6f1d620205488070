/** Above the pictures: what meeting this is, whether it is recorded, how long it may last. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Heading } from "../door/step";
import { Icon } from "../icon";
import { say } from "../words";
import { endsAt, isRecording } from "./connection";
import { clock, NEAR } from "./countdown";

export function Head({ topic }: { topic: string }) {
  return (
    <header class="head-of-call">
      <div class="topic">
        <Heading>{topic || say("meeting")}</Heading>
      </div>
      {isRecording.value && (
        <p class="mark rec">
          <Icon name="circle-dot" />
          {say("recording")}
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
  if (left === null || left > NEAR) return null;
  return (
    <p class="mark">
      <Icon name="hourglass" />
      {say("timeLeft", { time: clock(left) })}
    </p>
  );
}
