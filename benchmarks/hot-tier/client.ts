import { LiveClient } from "../../packages/hot-tier-controller/test/support/live-client.ts";
import { latencies } from "./statistics.ts";
import type { ClientAnswer } from "./client-process.ts";

// The measuring client is a process of its own: what the controller does must not show in its times.
const [addresses = "", writers = "4", pauseMs = "2"] = process.argv.slice(2);
const client = new LiveClient(addresses.split(","), Number(writers), false, {}, Number(pauseMs));

process.on("message", (order: "take" | "finish") => {
  if (order === "take") {
    answer({ latencies: latencies(client.takeLatencies()) });
    return;
  }
  void client.finish().then(({ acknowledged, errors, lost }) => {
    answer({ latencies: latencies([]), acknowledged, errors, lost });
  });
});

function answer(message: ClientAnswer): void {
  process.send?.(message);
}
process.on("disconnect", () => process.exit());
