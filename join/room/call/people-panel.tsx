/** The list of people, and hosts' actions on everybody. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import type { Page } from "../page";
import { t } from "../words";
import { ConfirmDialog } from "./confirm-dialog";
import { people } from "./connection";
import { CopyLink } from "./copy-link";
import { hands } from "./hands";
import { isHost, muteEverybody, removeOne } from "./moderation";
import type { Person } from "./people";
import { search, sortPeople } from "./people-list";
import { PersonRow } from "./person-row";
import { SidePanel } from "./side-panel";

/** With more people than this, there is a field to search them. */
const MANY = 10;

export function PeoplePanel({ page }: { page: Page }) {
  const query = useSignal("");
  const removing = useSignal<Person | null>(null);
  const all = sortPeople(people.value, hands.value);
  const isSearched = all.length > MANY || query.value !== "";
  const shown = isSearched ? search(all, query.value) : all;
  return (
    <>
      <SidePanel
        which="people"
        name={t("people")}
        title={t("peopleCount", { count: String(all.length) })}
      >
        <div class="list-head">
          {isSearched && <Search query={query} />}
          <CopyLink page={page} />
          {isHost.value && all.length > 1 && <MuteEverybody />}
        </div>
        <List
          shown={shown}
          onRemove={(person) => {
            removing.value = person;
          }}
        />
      </SidePanel>
      {removing.value && <RemoveDialog target={removing} person={removing.value} />}
    </>
  );
}

function MuteEverybody() {
  return (
    <button type="button" class="small" onClick={() => void muteEverybody()}>
      <Icon name="mic-off" />
      {t("muteEverybody")}
    </button>
  );
}

function Search({ query }: { query: { value: string } }) {
  return (
    <label class="search">
      <Icon name="search" />
      <span class="only-read">{t("searchPeople")}</span>
      <input
        type="text"
        inputMode="search"
        autoComplete="off"
        placeholder={t("searchPeople")}
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
  if (!shown.length) return <p class="nothing quiet">{t("nobodyFound")}</p>;
  return (
    <ul class="people-list">
      {shown.map((person) => (
        <PersonRow key={person.identity} person={person} onRemove={() => onRemove(person)} />
      ))}
    </ul>
  );
}

/** Moving a row in the DOM blurs what has the focus in it: focus it again. */
function useKeptFocus(): void {
  const focused = useRef<Element | null>(null);
  focused.current = document.activeElement;
  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body && focused.current?.isConnected;
    if (isLost) (focused.current as HTMLElement).focus();
  });
}

function RemoveDialog({ target, person }: { target: { value: Person | null }; person: Person }) {
  const { name } = person;
  return (
    <ConfirmDialog
      title={t("removeAsk", { name })}
      detail={t("removeDetail", { name })}
      action={t("remove")}
      onConfirm={() => removeOne(person)}
      onClose={() => {
        target.value = null;
      }}
    />
  );
}
