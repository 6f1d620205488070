/** Camera, microphone and speaker during the call: as before it, and with the same help. */

import { useEffect } from "preact/hooks";
import { DeviceHelp } from "../door/device-help";
import { look } from "../door/device-list";
import { DeviceMenus } from "../door/device-menus";
import { say } from "../words";
import { Modal } from "./modal";

export function SettingsDialog() {
  useEffect(() => void look(), []);
  return (
    <Modal title={say("settings")}>
      <DeviceMenus />
      <DeviceHelp isInside />
    </Modal>
  );
}
