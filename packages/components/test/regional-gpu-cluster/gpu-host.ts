import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { json } from "node:stream/consumers";
import type { Certificate } from "./certificates.ts";
import { open, seal, type Sealed } from "./sealed.ts";

/** What travels to a host: the tenant's name, its data key under the attested key, and the request under the data key. */
export interface SealedRequest {
  tenant: string;
  wrappedKey: string;
  request: Sealed;
}

/** A GPU host with a stub model, at an address of loopback that stands for its zone. */
export class GpuHost {
  /** Headers and bodies as they came over the wire. */
  readonly seen: { headers: IncomingHttpHeaders; body: SealedRequest }[] = [];
  /** Status that it answers instead of inferring. */
  failing: number | undefined;
  readonly address: string;
  readonly #server: Server;

  private constructor(address: string, server: Server) {
    this.address = address;
    this.#server = server;
  }

  /**
   * @param unwrap what the enclave does with KMS: a data key for a wrapped one
   */
  static async start(
    address: string,
    port: number,
    certificate: Certificate,
    unwrap: (wrappedKey: Buffer, tenant: string) => Buffer,
  ): Promise<GpuHost> {
    const server = createServer({
      cert: certificate.certificate,
      key: certificate.privateKey,
      ca: certificate.authority,
      // Only routers have a certificate of the authority.
      requestCert: true,
      rejectUnauthorized: true,
    });
    const host = new GpuHost(address, server);
    server.on("request", async (request, response) => {
      if (request.url === "/health") {
        response.end("ok");
        return;
      }
      const body = (await json(request)) as SealedRequest;
      host.seen.push({ headers: request.headers, body });
      if (host.failing !== undefined) {
        response.writeHead(host.failing).end();
        return;
      }
      const key = unwrap(Buffer.from(body.wrappedKey, "base64"), body.tenant);
      const answer = stubModel(open(key, "request", body.request));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(seal(key, "response", answer)));
    });
    server.listen(port, address);
    await once(server, "listening");
    return host;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

/** Stands for inference: says the prompt backwards. */
export function stubModel(prompt: string): string {
  return [...prompt].reverse().join("");
}
