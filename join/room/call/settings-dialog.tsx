/** Camera, microphone and speaker during the call, with the preview's menus and help. */

import { useEffect } from "preact/hooks";
import { DeviceHelp } from "../door/device-help";
import { refreshDevices } from "../door/device-list";
import { DeviceMenus } from "../door/device-menus";
import { t } from "../words";
import { Modal } from "./modal";

export function SettingsDialog() {
  useEffect(() => void refreshDevices(), []);
  return (
    <Modal title={t("settings")}>
      <DeviceMenus />
      <DeviceHelp isInCall />
    </Modal>
  );
}
