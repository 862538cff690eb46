import { Connections } from "../../src/cluster/connections.ts";
import type { Word } from "../../src/cluster/connections.ts";

/** The connections of a controller that dies after so many commands: no later one reaches a server. */
export class MortalConnections extends Connections {
  #left: number;

  constructor(commands: number) {
    super();
    this.#left = commands;
  }

  override send(address: string, ...words: Word[]): Promise<unknown> {
    return this.#die() ?? super.send(address, ...words);
  }

  override pipeline(address: string, commands: readonly (readonly Word[])[]): Promise<unknown[]> {
    return this.#die() ?? super.pipeline(address, commands);
  }

  override pipelineOfBuffers(address: string, commands: readonly (readonly Word[])[]): Promise<unknown[]> {
    return this.#die() ?? super.pipelineOfBuffers(address, commands);
  }

  #die(): Promise<never> | undefined {
    this.#left -= 1;
    return this.#left < 0 ? Promise.reject(new Error("the controller is dead")) : undefined;
  }
}
