/** The tile of a person or of a shared screen. */

import { ConnectionQuality } from "livekit-client";
import { Icon } from "../icon";
import { Video } from "../media";
import { t } from "../words";
import { hands } from "./hands";
import { displayName, type Person, qualityWarning, type Share } from "./people";
import { type Item, pinOf, togglePin } from "./view";

interface TileProps {
  item: Item;
  isLarge?: boolean;
}

export function Tile({ item, isLarge = false }: TileProps) {
  return "share" in item ? (
    <Screen share={item.share} pinKey={item.key} />
  ) : (
    <Face person={item.person} isLarge={isLarge} />
  );
}

function Screen({ share, pinKey }: { share: Share; pinKey: string }) {
  const name = t("screenOf", { name: share.name });
  return (
    <div class="tile screen">
      <Video track={share.video} isMirrored={false} />
      <PinButton pinKey={pinKey} name={name} />
      <div class="caption">
        <Icon name="monitor-up" />
        <bdi class="name">{name}</bdi>
      </div>
    </div>
  );
}

function Face({ person, isLarge }: { person: Person; isLarge: boolean }) {
  const name = displayName(person);
  return (
    <div class={person.isSpeaking ? "tile speaking" : "tile"} data-identity={person.identity}>
      {person.video ? (
        <Video track={person.video} isMirrored={person.isLocal} />
      ) : (
        <span class={isLarge ? "initial huge" : "initial"} aria-hidden="true">
          {[...person.name][0]?.toUpperCase()}
        </span>
      )}
      <PinButton pinKey={person.identity} name={name} />
      <Hand person={person} />
      <div class="caption">
        <QualityMark quality={person.quality} />
        {person.isMuted && <Icon name="mic-off" />}
        <bdi class="name">{name}</bdi>
        {person.isMuted && <span class="only-read">{` · ${t("muted")}`}</span>}
      </div>
    </div>
  );
}

function PinButton({ pinKey, name }: { pinKey: string; name: string }) {
  const { isPinned, label, icon } = pinOf(pinKey, name);
  return (
    <button
      type="button"
      class={isPinned ? "pin pinned" : "pin"}
      aria-label={label}
      title={label}
      onClick={() => togglePin(pinKey)}
    >
      <Icon name={icon} />
    </button>
  );
}

/** With its place in the queue. */
function Hand({ person }: { person: Person }) {
  const place = hands.value.indexOf(person.identity);
  if (place < 0) return null;
  return (
    <span class="up">
      <Icon name="hand" />
      {hands.value.length > 1 && <span aria-hidden="true">{place + 1}</span>}
      <span class="only-read">{t("hand")}</span>
    </span>
  );
}

function QualityMark({ quality }: { quality: ConnectionQuality }) {
  const warning = qualityWarning(quality);
  if (!warning) return null;
  const name = t(warning.name);
  return (
    <span class={quality === ConnectionQuality.Lost ? "weak gone" : "weak"} title={name}>
      <Icon name={warning.icon} />
      <span class="only-read">{name}</span>
    </span>
  );
}
