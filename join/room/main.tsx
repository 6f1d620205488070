/** The page's course: name, preview, call, farewell. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { type Ending, enter } from "./call";
import { closeDevices } from "./devices";
import { FAREWELLS, Farewell } from "./farewell";
import { isDoorOpen, knock, Refused, readPage } from "./page";
import { NameStep, Preview } from "./preview";
import { Stage } from "./stage";

type Step =
  | { at: "name" | "preview" | "joining" | "call" }
  | { at: "farewell"; title: string; detail: string; back: string };

const page = readPage();
const name = signal(page.name);
const step = signal<Step>({ at: page.asksName ? "name" : "preview" });

const NO_CONNECTION = new Refused(
  "The call cannot be reached",
  "No connection to our call server came about. A firewall may be in the way; try another network.",
);

async function join(): Promise<void> {
  step.value = { at: "joining" };
  try {
    const ticket = await knock(page, name.value);
    // An error of the connection can contain the token: it is never shown.
    await enter(ticket, (how) => void ended(how)).catch(() => {
      throw NO_CONNECTION;
    });
    step.value = { at: "call" };
  } catch (reason) {
    const { title, detail } = reason as Refused;
    closeDevices();
    step.value = { at: "farewell", title, detail, back: "Try again" };
  }
}

/** The server knows best why a call is over: when its door is shut, its own page says why. */
async function ended(how: Ending): Promise<void> {
  closeDevices();
  step.value = { at: "farewell", ...FAREWELLS[how] };
  if (how !== "left" && how !== "elsewhere" && !(await isDoorOpen())) location.reload();
}

function Course() {
  const now = step.value;
  if (now.at === "call") return <Stage topic={page.topic} />;
  if (now.at === "farewell") {
    return (
      <Farewell
        title={now.title}
        detail={now.detail}
        back={now.back}
        onBack={() => {
          step.value = { at: "preview" };
        }}
      />
    );
  }
  return (
    <main class="card">
      <h1>{page.topic || "Meeting"}</h1>
      {now.at === "name" ? (
        <NameStep
          name={name.value}
          onName={(given) => {
            name.value = given;
            step.value = { at: "preview" };
          }}
        />
      ) : (
        <Preview name={name.value} isBusy={now.at === "joining"} onJoin={() => void join()} />
      )}
    </main>
  );
}

const root = document.getElementById("room");
if (root) render(<Course />, root);
