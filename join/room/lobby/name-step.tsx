/** The first step of an open meeting: the guest's name. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Icon } from "../icon";
import type { Page } from "../page";
import { t } from "../words";
import { Facts, Recorded } from "./step";

interface NameStepProps {
  page: Page;
  name: string;
  onName: (name: string) => void;
}

export function NameStep({ page, name, onName }: NameStepProps) {
  const typed = useSignal(name);
  const isMissing = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    const given = typed.value.trim();
    isMissing.value = !given;
    if (given) onName(given);
    else field.current?.focus();
  };
  return (
    <main class="page">
      <div class="card">
        <Facts page={page} />
        {page.isRecorded && <Recorded />}
        <form class="stack" onSubmit={submit} noValidate>
          <label for="name">{t("yourName")}</label>
          <input
            ref={field}
            id="name"
            type="text"
            autocomplete="name"
            maxLength={100}
            required
            aria-describedby="name-hint"
            aria-invalid={isMissing.value}
            value={typed}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
          <p
            id="name-hint"
            class={isMissing.value ? "small wrong-field" : "small quiet"}
            aria-live="polite"
          >
            {isMissing.value ? t("nameNeeded") : t("nameHint")}
          </p>
          <button type="submit" class="primary wide">
            {t("next")}
            <Icon name="arrow-right" />
          </button>
        </form>
      </div>
    </main>
  );
}
