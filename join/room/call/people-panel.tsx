/** Who is in the call, and what hosts may do about it. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import { say } from "../words";
import { Ask } from "./confirm-dialog";
import { people } from "./connection";
import { hands } from "./hands";
import { isHost, muteEverybody, removeOne } from "./moderation";
import type { Person } from "./people";
import { found, inOrder } from "./people-list";
import { PersonRow } from "./person-row";
import { Side } from "./side-panel";

/** With more people than this, there is a field to search them. */
const MANY = 10;

export function PeoplePanel() {
  const query = useSignal("");
  const removing = useSignal<Person | null>(null);
  const all = inOrder(people.value, hands.value);
  const isSearched = all.length > MANY || query.value !== "";
  const shown = isSearched ? found(all, query.value) : all;
  return (
    <>
      <Side
        which="people"
        name={say("people")}
        title={say("peopleCount", { count: String(all.length) })}
      >
        <div class="list-head">
          {isSearched && <Search query={query} />}
          {isHost.value && all.length > 1 && <MuteEverybody />}
        </div>
        <List
          shown={shown}
          onRemove={(person) => {
            removing.value = person;
          }}
        />
      </Side>
      {removing.value && <Removing who={removing} person={removing.value} />}
    </>
  );
}

function MuteEverybody() {
  return (
    <button type="button" class="small" onClick={() => void muteEverybody()}>
      <Icon name="mic-off" />
      {say("muteEverybody")}
    </button>
  );
}

function Search({ query }: { query: { value: string } }) {
  return (
    <label class="search">
      <Icon name="search" />
      <span class="only-read">{say("searchPeople")}</span>
      <input
        type="text"
        inputMode="search"
        autoComplete="off"
        placeholder={say("searchPeople")}
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

interface ListProps {
  shown: Person[];
  onRemove: (person: Person) => void;
}

function List({ shown, onRemove }: ListProps) {
  useKeptFocus();
  if (!shown.length) return <p class="nothing quiet">{say("nobodyFound")}</p>;
  return (
    <ul class="people-list">
      {shown.map((person) => (
        <PersonRow key={person.identity} person={person} onRemove={() => onRemove(person)} />
      ))}
    </ul>
  );
}

/** What has the focus keeps it when its row moves to another place. */
function useKeptFocus(): void {
  const focused = useRef<Element | null>(null);
  focused.current = document.activeElement;
  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body && focused.current?.isConnected;
    if (isLost) (focused.current as HTMLElement).focus();
  });
}

function Removing({ who, person }: { who: { value: Person | null }; person: Person }) {
  const { name } = person;
  return (
    <Ask
      title={say("removeAsk", { name })}
      detail={say("removeDetail", { name })}
      deed={say("remove")}
      onYes={() => removeOne(person)}
      onDone={() => {
        who.value = null;
      }}
    />
  );
}
