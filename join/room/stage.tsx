/** Inside the call: everybody's tile, and the controls. */

import { allowSound, isReconnecting, isSoundAllowed, leave, type Person, people } from "./call";
import { DeviceButtons } from "./controls";
import { Icon } from "./icon";
import { Sound, Video } from "./media";
import { say } from "./words";

export function Stage({ topic }: { topic: string }) {
  return (
    <main class="stage">
      <h1 class="topic">{topic || say("meeting")}</h1>
      {isReconnecting.value && (
        <p class="notice" role="status">
          {say("reconnecting")}
        </p>
      )}
      {!isSoundAllowed.value && (
        <button type="button" class="notice" onClick={() => void allowSound()}>
          {say("soundHeldBack")}
        </button>
      )}
      <ul class="grid" data-people={people.value.length}>
        {people.value.map((person) => (
          <Tile key={person.sid} person={person} />
        ))}
      </ul>
      <nav class="row controls" aria-label={say("call")}>
        <DeviceButtons />
        <button type="button" class="leave" onClick={() => void leave()}>
          <Icon name="log-out" />
          {say("leave")}
        </button>
      </nav>
    </main>
  );
}

function Tile({ person }: { person: Person }) {
  const name = person.isLocal ? say("you", { name: person.name }) : person.name;
  return (
    <li class={person.isSpeaking ? "tile speaking" : "tile"}>
      {person.video ? (
        <Video track={person.video} isMirrored={person.isLocal} />
      ) : (
        <span class="initial" aria-hidden="true">
          {[...person.name][0]?.toUpperCase()}
        </span>
      )}
      {person.audio && <Sound track={person.audio} />}
      <span class="name">
        {name}
        {person.isMuted && <span class="muted"> · {say("muted")}</span>}
      </span>
    </li>
  );
}
