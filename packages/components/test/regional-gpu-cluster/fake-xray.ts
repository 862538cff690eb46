import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { signatureProblem } from "../signature.ts";
import type { Certificate } from "./certificates.ts";

/** X-Ray's OTLP endpoint, as far as it takes spans from who signed them right. */
export class FakeXray {
  /** Bodies that were taken. */
  readonly taken: Buffer[] = [];
  /** Why the others were not. */
  readonly refused: string[] = [];
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(certificate: Certificate): Promise<FakeXray> {
    const server = createServer({ cert: certificate.certificate, key: certificate.privateKey });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const xray = new FakeXray(server);
    server.on("request", async (request, response) => {
      const body = await buffer(request);
      const problem = problemOf(request) ?? signatureProblem(request, body, "xray");
      if (problem === undefined) {
        xray.taken.push(body);
      } else {
        xray.refused.push(problem);
      }
      response.writeHead(problem === undefined ? 200 : 403).end();
    });
    return xray;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

function problemOf(request: IncomingMessage): string | undefined {
  if (request.method !== "POST" || request.url !== "/v1/traces") {
    return `${request.method} ${request.url} is no operation`;
  }
  const type = request.headers["content-type"];
  return type === "application/x-protobuf" ? undefined : `${type} is not a content type of OTLP`;
}
