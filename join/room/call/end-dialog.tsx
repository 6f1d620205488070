/** Confirms that a host ends the call for everybody. */

import { t } from "../words";
import { ConfirmDialog } from "./confirm-dialog";
import { endForEverybody } from "./moderation";
import { dialog } from "./panels";

export function EndDialog() {
  return (
    <ConfirmDialog
      title={t("endAsk")}
      detail={t("endDetail")}
      action={t("endForAll")}
      onConfirm={endForEverybody}
      onClose={() => {
        dialog.value = null;
      }}
    />
  );
}
