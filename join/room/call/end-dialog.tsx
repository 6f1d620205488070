/** Whether a host really means everybody. */

import { say } from "../words";
import { Ask } from "./confirm-dialog";
import { endForEverybody } from "./moderation";
import { dialog } from "./panels";

export function EndDialog() {
  return (
    <Ask
      title={say("endAsk")}
      detail={say("endDetail")}
      deed={say("endForAll")}
      onYes={endForEverybody}
      onDone={() => {
        dialog.value = null;
      }}
    />
  );
}
