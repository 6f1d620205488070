/** One person in the list: how they are, and what can be done. */

import { Icon } from "../icon";
import type { IconName } from "../icons";
import { say } from "../words";
import { hands, lowerHandOf } from "./hands";
import { isHost, muteOne } from "./moderation";
import { calledOn, type Person, weaknessOf } from "./people";
import { pinOf, togglePin } from "./view";

interface RowProps {
  person: Person;
  onRemove: () => void;
}

export function PersonRow({ person, onRemove }: RowProps) {
  const { identity, name, isLocal } = person;
  const canDo = isHost.value && !isLocal;
  return (
    <li class="person" data-identity={identity}>
      <div class="about-person">
        <bdi class="person-name">{calledOn(person)}</bdi>
        <Facts person={person} />
      </div>
      <div class="deeds">
        <Hand person={person} canLower={canDo} />
        <Microphone person={person} canMute={canDo} />
        <PinDeed person={person} />
        {isHost.value && isLocal && <span class="square" />}
        {canDo && <Deed name={say("removeOne", { name })} icon="user-round-x" onClick={onRemove} />}
      </div>
    </li>
  );
}

function Facts({ person }: { person: Person }) {
  const weakness = weaknessOf(person.quality);
  if (!person.isHost && !weakness) return null;
  return (
    <p class="small quiet facts">
      {person.isHost && (
        <span>
          <Icon name="crown" />
          {say("host")}
        </span>
      )}
      {weakness && (
        <span class="weak-link">
          <Icon name={weakness.icon} />
          {say(weakness.name)}
        </span>
      )}
    </p>
  );
}

/** With its place among those that are up. Where a host may lower it, it is the button for that. */
function Hand({ person, canLower }: { person: Person; canLower: boolean }) {
  const { identity, name } = person;
  const place = hands.value.indexOf(identity);
  if (place < 0) return null;
  if (!canLower) return <State name={say("hand")} icon="hand" place={place + 1} />;
  return (
    <Deed
      name={say("lowerHandOf", { name })}
      icon="hand"
      place={place + 1}
      onClick={() => lowerHandOf(identity)}
    />
  );
}

function Microphone({ person, canMute }: { person: Person; canMute: boolean }) {
  const { isMuted, name } = person;
  if (isMuted) return <State name={say("muted")} icon="mic-off" />;
  if (!canMute) return <State name={say("microphoneOn")} icon="mic" />;
  return <Deed name={say("muteOne", { name })} icon="mic" onClick={() => void muteOne(person)} />;
}

function PinDeed({ person }: { person: Person }) {
  const { identity } = person;
  const { label, icon } = pinOf(identity, calledOn(person));
  return <Deed name={label} icon={icon} onClick={() => togglePin(identity)} />;
}

interface MarkProps {
  name: string;
  icon: IconName;
  place?: number;
}

function State({ name, icon, place }: MarkProps) {
  return (
    <span class="state square" data-icon={icon} title={name}>
      <Icon name={icon} />
      <span class="only-read">{name}</span>
      <Place place={place} />
    </span>
  );
}

function Deed({ name, icon, place, onClick }: MarkProps & { onClick: () => void }) {
  return (
    <button type="button" class="plain square" data-icon={icon} title={name} onClick={onClick}>
      <Icon name={icon} />
      <span class="only-read">{name}</span>
      <Place place={place} />
    </button>
  );
}

function Place({ place }: { place?: number }) {
  return place === undefined ? null : (
    <span class="place" aria-hidden="true">
      {place}
    </span>
  );
}
