/** The toolbar. Rare actions, and on narrow screens some others, are in the "More" menu. */

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { DeviceButtons } from "../device-buttons";
import { Icon } from "../icon";
import type { IconName } from "../icons";
import { type Key, t } from "../words";
import { notify } from "./announcer";
import { unread } from "./chat";
import { leave, people } from "./connection";
import { canFullScreen, isFullScreen, toggleFullScreen } from "./fullscreen";
import { isRaised, toggleHand } from "./hands";
import { isHost } from "./moderation";
import { type Dialog, dialog, type Panel, panel, togglePanel } from "./panels";
import { canShare, screen, startSharing, stopSharing } from "./screen-share";
import { type Action, shortcutFor } from "./shortcuts";
import { toggleView, view } from "./view";

const narrow = matchMedia("(max-width: 40rem)");
const isNarrow = signal(narrow.matches);
narrow.addEventListener("change", () => {
  isNarrow.value = narrow.matches;
});

export function Bar() {
  return (
    <nav class="bar" aria-label={t("call")}>
      <div class="group">
        <DeviceButtons />
        {!isNarrow.value && canShare() && <ShareButton />}
        <HandButton />
      </div>
      <div class="group">
        <ChatButton />
        <PeopleButton />
        <More />
      </div>
      <button type="button" class="leave" onClick={leave}>
        <Icon name="log-out" />
        <span>{t("leave")}</span>
      </button>
    </nav>
  );
}

export async function toggleShare(): Promise<void> {
  if (screen.value.length) return stopSharing();
  await startSharing().catch(() => notify(t("shareFailed")));
}

interface ToolProps {
  name: Key;
  icon: IconName;
  action?: Action;
  isOn?: boolean;
  onClick: () => void;
}

/** A button named for what a click does. */
function Tool({ name, icon, action, isOn = false, onClick }: ToolProps) {
  return (
    <button type="button" class="tool" data-on={isOn} {...keys(action, t(name))} onClick={onClick}>
      <Icon name={icon} />
      <span>{t(name)}</span>
    </button>
  );
}

function keys(action: Action | undefined, name: string) {
  const key = action && shortcutFor(action);
  return key ? { "aria-keyshortcuts": key, title: `${name} (${key})` } : {};
}

function ShareButton() {
  const isOn = screen.value.length > 0;
  return (
    <Tool
      name={isOn ? "stopSharing" : "share"}
      icon={isOn ? "monitor-x" : "monitor-up"}
      action="share"
      isOn={isOn}
      onClick={() => void toggleShare()}
    />
  );
}

function HandButton() {
  const isOn = isRaised.value;
  return (
    <Tool
      name={isOn ? "lowerHand" : "raiseHand"}
      icon="hand"
      action="hand"
      isOn={isOn}
      onClick={toggleHand}
    />
  );
}

interface PanelButtonProps {
  which: Panel;
  icon: IconName;
  children: ComponentChildren;
}

/** Opens and closes a panel; `children` is its badge. */
function PanelButton({ which, icon, children }: PanelButtonProps) {
  return (
    <button
      type="button"
      id={`open-${which}`}
      class="tool"
      aria-expanded={panel.value === which}
      {...keys(which, t(which))}
      onClick={() => togglePanel(which)}
    >
      <Icon name={icon} />
      <span>{t(which)}</span>
      {children}
    </button>
  );
}

function ChatButton() {
  const count = unread.value;
  return (
    <PanelButton which="chat" icon="messages-square">
      {count > 0 && (
        <span class="badge">
          <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
          <span class="only-read">{t("unread", { count: String(count) })}</span>
        </span>
      )}
    </PanelButton>
  );
}

function PeopleButton() {
  return (
    <PanelButton which="people" icon="users">
      <span class="badge calm" aria-hidden="true">
        {people.value.length}
      </span>
    </PanelButton>
  );
}

// More

function More() {
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    menu.current?.hidePopover?.();
    button.current?.focus();
  };
  return (
    <>
      <button ref={button} type="button" id="more" class="tool" popovertarget="more-menu">
        <Icon name="ellipsis" />
        <span>{t("more")}</span>
      </button>
      {/* biome-ignore lint/a11y: a click on any of its buttons closes it */}
      <div ref={menu} id="more-menu" class="more" popover="auto" onClick={close}>
        {isNarrow.value && canShare() && <ShareButton />}
        <Tool
          name={view.value === "grid" ? "speakerView" : "gridView"}
          icon={view.value === "grid" ? "presentation" : "layout-grid"}
          action="view"
          onClick={toggleView}
        />
        {canFullScreen() && (
          <Tool
            name={isFullScreen.value ? "leaveFullScreen" : "fullScreen"}
            icon={isFullScreen.value ? "minimize" : "maximize"}
            action="fullScreen"
            onClick={() => void toggleFullScreen()}
          />
        )}
        <Tool name="settings" icon="settings" onClick={() => open("settings")} />
        <Tool
          name="shortcuts"
          icon="keyboard"
          action="shortcuts"
          onClick={() => open("shortcuts")}
        />
        {isHost.value && <Tool name="endForAll" icon="flag" onClick={() => open("end")} />}
      </div>
    </>
  );
}

function open(which: Dialog): void {
  dialog.value = which;
}
