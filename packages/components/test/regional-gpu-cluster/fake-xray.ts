import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Certificate } from "./certificates.ts";

/** The credentials that the tests' tasks have. */
export const taskCredentials = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  AWS_SESSION_TOKEN: "token-of-the-task-role",
};

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
      const problem = problemOf(request, body);
      (problem === undefined ? xray.taken : xray.refused).push(...([problem ?? body] as never[]));
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

/** What AWS would refuse: checked as its documentation of Signature Version 4 has it. */
function problemOf(request: IncomingMessage, body: Buffer): string | undefined {
  if (request.method !== "POST" || request.url !== "/v1/traces") {
    return `${request.method} ${request.url} is no operation`;
  }
  if (request.headers["content-type"] !== "application/x-protobuf") {
    return `${request.headers["content-type"]} is not a content type of OTLP`;
  }
  if (request.headers["x-amz-security-token"] !== taskCredentials.AWS_SESSION_TOKEN) {
    return "the session's token is missing";
  }
  const [, keyId, scope, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(.+), ?SignedHeaders=(.+), ?Signature=(.+)$/.exec(
      request.headers.authorization ?? "",
    ) ?? [];
  if (keyId !== taskCredentials.AWS_ACCESS_KEY_ID || scope === undefined || names === undefined) {
    return `no credential: ${request.headers.authorization}`;
  }
  const headers = names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = ["POST", "/v1/traces", "", headers.join(""), names, sha256(body)].join("\n");
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, sha256(Buffer.from(canonical))].join("\n");
  const key = scope
    .split("/")
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${taskCredentials.AWS_SECRET_ACCESS_KEY}`);
  return hmac(key, text).toString("hex") === signature ? undefined : `the signature is wrong for:\n${canonical}`;
}

const sha256 = (value: Buffer) => createHash("sha256").update(value).digest("hex");
const hmac = (key: string | Buffer, value: string) => createHmac("sha256", key).update(value).digest();
