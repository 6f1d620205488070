/** One person in the list: state and actions. */

import { Icon } from "../icon";
import type { IconName } from "../icons";
import { t } from "../words";
import { hands, lowerHandOf } from "./hands";
import { isHost, muteOne } from "./moderation";
import { displayName, type Person, qualityWarning } from "./people";
import { pinOf, togglePin } from "./view";

interface RowProps {
  person: Person;
  onRemove: () => void;
}

export function PersonRow({ person, onRemove }: RowProps) {
  const { identity, name, isLocal } = person;
  const canModerate = isHost.value && !isLocal;
  return (
    <li class="person" data-identity={identity}>
      <div class="about-person">
        <bdi class="person-name">{displayName(person)}</bdi>
        <Details person={person} />
      </div>
      <div class="actions">
        <Hand person={person} canLower={canModerate} />
        <Microphone person={person} canMute={canModerate} />
        <PinButton person={person} />
        {isHost.value && isLocal && <span class="square" />}
        {canModerate && (
          <ActionButton name={t("removeOne", { name })} icon="user-round-x" onClick={onRemove} />
        )}
      </div>
    </li>
  );
}

function Details({ person }: { person: Person }) {
  const warning = qualityWarning(person.quality);
  if (!person.isHost && !warning) return null;
  return (
    <p class="small quiet facts">
      {person.isHost && (
        <span>
          <Icon name="crown" />
          {t("host")}
        </span>
      )}
      {warning && (
        <span class="weak-link">
          <Icon name={warning.icon} />
          {t(warning.name)}
        </span>
      )}
    </p>
  );
}

/** With its place in the queue; for hosts, a button that lowers it. */
function Hand({ person, canLower }: { person: Person; canLower: boolean }) {
  const { identity, name } = person;
  const place = hands.value.indexOf(identity);
  if (place < 0) return null;
  if (!canLower) return <State name={t("hand")} icon="hand" place={place + 1} />;
  return (
    <ActionButton
      name={t("lowerHandOf", { name })}
      icon="hand"
      place={place + 1}
      onClick={() => lowerHandOf(identity)}
    />
  );
}

function Microphone({ person, canMute }: { person: Person; canMute: boolean }) {
  const { isMuted, name } = person;
  if (isMuted) return <State name={t("muted")} icon="mic-off" />;
  if (!canMute) return <State name={t("microphoneOn")} icon="mic" />;
  return (
    <ActionButton name={t("muteOne", { name })} icon="mic" onClick={() => void muteOne(person)} />
  );
}

function PinButton({ person }: { person: Person }) {
  const { identity } = person;
  const { label, icon } = pinOf(identity, displayName(person));
  return <ActionButton name={label} icon={icon} onClick={() => togglePin(identity)} />;
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

function ActionButton({ name, icon, place, onClick }: MarkProps & { onClick: () => void }) {
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
