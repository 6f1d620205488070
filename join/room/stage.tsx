/** Inside the call: everybody's tile, and the controls. */

import { allowSound, isReconnecting, isSoundAllowed, leave, type Person, people } from "./call";
import { DeviceButtons } from "./controls";
import { Sound, Video } from "./media";

export function Stage({ topic }: { topic: string }) {
  return (
    <main class="stage">
      <h1 class="topic">{topic || "Meeting"}</h1>
      {isReconnecting.value && (
        <p class="notice" role="status">
          Connection interrupted, reconnecting …
        </p>
      )}
      {!isSoundAllowed.value && (
        <button type="button" class="notice" onClick={() => void allowSound()}>
          Your browser holds back the sound: click to hear the others
        </button>
      )}
      <ul class="grid" data-people={people.value.length}>
        {people.value.map((person) => (
          <Tile key={person.sid} person={person} />
        ))}
      </ul>
      <nav class="row controls" aria-label="Call">
        <DeviceButtons />
        <button type="button" class="leave" onClick={() => void leave()}>
          Leave
        </button>
      </nav>
    </main>
  );
}

function Tile({ person }: { person: Person }) {
  const name = person.isLocal ? `${person.name} (you)` : person.name;
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
        {person.isMuted && <span class="muted"> · muted</span>}
      </span>
    </li>
  );
}
