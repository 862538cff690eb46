import type { Inputs } from "./sdk-server.ts";

/** Refuses arguments that the sandbox would silently leave out: a preview that ignores one proves nothing. */
export function refuseOthers(token: string, args: Inputs, known: readonly string[]): void {
  const others = Object.keys(args).filter((key) => args[key] !== undefined && !known.includes(key));
  if (others.length > 0) {
    throw new Error(
      `${token}: the sandbox does not know what ${others.join(", ")} would change. It builds ${known.join(", ")}; ` +
        "use a real provider plugin for the rest.",
    );
  }
}
