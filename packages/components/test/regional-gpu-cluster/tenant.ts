import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { certificateName } from "../../src/regional-gpu-cluster/envoy-values.ts";
import type { SealedRequest } from "./gpu-host.ts";
import { open, seal, type Sealed } from "./sealed.ts";

/** A tenant's application: what it does to ask a question that only an attested recipient can read. */
export interface Tenant {
  name: string;
  /** The tenant's endpoint, as the load balancer writes it into the proxy protocol header; none without PrivateLink. */
  endpointId?: string;
  /** Wraps a data key with the attested key, in the tenant's own name. */
  wrap: (dataKey: Buffer) => Buffer;
  authority: string;
}

/** Encrypts a prompt, sends it to the router, and decrypts the answer. */
export async function infer(
  tenant: Tenant,
  port: number,
  prompt: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const dataKey = randomBytes(32);
  const body: SealedRequest = {
    tenant: tenant.name,
    wrappedKey: tenant.wrap(dataKey).toString("base64"),
    request: seal(dataKey, "request", prompt),
  };
  const { status, text: answer } = await post(tenant, port, JSON.stringify(body), headers);
  if (status !== 200) {
    throw new Error(`the router answered ${status}: ${answer}`);
  }
  return open(dataKey, "response", JSON.parse(answer) as Sealed);
}

/** `GET /health`, which needs no key. */
export async function health(port: number, path = "/health"): Promise<number> {
  const request = httpRequest({ host: "127.0.0.1", port, path }).end();
  const [response] = (await once(request, "response")) as [{ statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

async function post(tenant: Tenant, port: number, body: string, headers: Record<string, string>) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(proxyProtocolV2(tenant.endpointId));
  const secure = connectTls({ socket, servername: certificateName, ca: tenant.authority });
  const options: RequestOptions = {
    method: "POST",
    path: "/v1/infer?session=secret",
    headers: { host: certificateName, "content-type": "application/json", ...headers },
    createConnection: () => secure,
  };
  const request = httpsRequest(options).end(body);
  const [response] = (await once(request, "response")) as [NodeJS.ReadableStream & { statusCode: number }];
  const answer = { status: response.statusCode, text: await text(response) };
  socket.destroy();
  return answer;
}

/** The header that a Network Load Balancer puts before a connection: version 2, TCP over IPv4, with AWS' entry. */
function proxyProtocolV2(endpointId: string | undefined): Buffer {
  const value = Buffer.concat([Buffer.from([0x01]), Buffer.from(endpointId ?? "")]);
  const aws =
    endpointId === undefined
      ? Buffer.alloc(0)
      : Buffer.concat([Buffer.from([0xea, value.length >> 8, value.length & 0xff]), value]);
  const addresses = Buffer.from([10, 34, 10, 50, 10, 66, 0, 10, 0xc0, 0x00, 0x01, 0xbb]);
  const length = addresses.length + aws.length;
  return Buffer.concat([
    Buffer.from([
      0x0d,
      0x0a,
      0x0d,
      0x0a,
      0x00,
      0x0d,
      0x0a,
      0x51,
      0x55,
      0x49,
      0x54,
      0x0a,
      0x21,
      0x11,
      length >> 8,
      length & 0xff,
    ]),
    addresses,
    aws,
  ]);
}
