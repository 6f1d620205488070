/** Camera, microphone and speaker during the call, with the preview's menus and help. */

import { useEffect } from "preact/hooks";
import { DeviceHelp } from "../lobby/device-help";
import { refreshDevices } from "../lobby/device-list";
import { DeviceMenus } from "../lobby/device-menus";
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
