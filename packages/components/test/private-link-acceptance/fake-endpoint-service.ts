import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A consumer's endpoint and everything that happened to it. */
export interface FakeConnection {
  endpointId: string;
  accountId: string;
  region: string;
  state: string;
  /** Every state it was brought into by a call, in order. */
  transitions: string[];
}

/**
 * The three calls of EC2 that decide about connections, over HTTP in EC2's own protocol: no emulator on PyPI has them
 * (moto 5.2.5 and ministack 1.5.33 were looked at). The real SDK speaks with it.
 */
export interface FakeEndpointService {
  endpoint: string;
  connections: Map<string, FakeConnection>;
  request(connection: Pick<FakeConnection, "endpointId" | "accountId"> & { region?: string }): void;
  /** Asked before each call; true refuses it as AWS does when too many come. */
  throttle: (action: string) => boolean;
  stop(): Promise<void>;
}

/** Starts the fake on a free loopback port, with no connection. */
export async function startFakeEndpointService(serviceId: string): Promise<FakeEndpointService> {
  const connections = new Map<string, FakeConnection>();
  const server = createServer((request, response) => {
    void form(request).then((parameters) => {
      const action = parameters.get("Action") ?? "";
      const refused = fake.throttle(action);
      response.writeHead(refused ? 503 : 200, { "content-type": "text/xml" });
      response.end(refused ? throttled : answer(action, parameters));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  function answer(action: string, parameters: URLSearchParams): string {
    if (action === "DescribeVpcEndpointConnections") {
      return describe(parameters);
    }
    const [from, to] =
      action === "AcceptVpcEndpointConnections"
        ? [["pendingAcceptance"], "available"]
        : [["pendingAcceptance", "available", "pending"], "rejected"];
    const failed = list(parameters, "VpcEndpointId").filter((id) => {
      const connection = connections.get(id);
      if (connection === undefined || parameters.get("ServiceId") !== serviceId || !from.includes(connection.state)) {
        return true;
      }
      connection.state = to;
      connection.transitions.push(to);
      return false;
    });
    const items = failed.map(
      (id) =>
        `<item><resourceId>${id}</resourceId><error><code>InvalidState</code><message>not ${from.join()}</message></error></item>`,
    );
    return `<${action}Response><unsuccessful>${items.join("")}</unsuccessful></${action}Response>`;
  }

  function describe(parameters: URLSearchParams): string {
    const filters = [1, 2, 3, 4]
      .map((index) => [parameters.get(`Filter.${index}.Name`), list(parameters, `Filter.${index}.Value`)] as const)
      .filter(([name]) => name !== null);
    const fields: Record<string, (connection: FakeConnection) => string> = {
      "service-id": () => serviceId,
      "vpc-endpoint-id": (connection) => connection.endpointId,
      "vpc-endpoint-owner": (connection) => connection.accountId,
    };
    const found = [...connections.values()].filter((connection) =>
      filters.every(([name, values]) => values.includes(fields[name ?? ""]?.(connection) ?? "no such filter")),
    );
    const start = Number(parameters.get("NextToken") ?? 0);
    // EC2 may tell fewer than it is asked for.
    const size = Math.min(Number(parameters.get("MaxResults")), connectionsPerPage);
    const items = found
      .slice(start, start + size)
      .map(
        (connection) =>
          `<item><serviceId>${serviceId}</serviceId><vpcEndpointId>${connection.endpointId}</vpcEndpointId>` +
          `<vpcEndpointOwner>${connection.accountId}</vpcEndpointOwner><vpcEndpointState>${connection.state}</vpcEndpointState>` +
          `<vpcEndpointRegion>${connection.region}</vpcEndpointRegion><creationTimestamp>2026-11-21T08:00:00.000Z</creationTimestamp></item>`,
      );
    const next = found.length > start + size ? `<nextToken>${start + size}</nextToken>` : "";
    return `<DescribeVpcEndpointConnectionsResponse><vpcEndpointConnectionSet>${items.join("")}</vpcEndpointConnectionSet>${next}</DescribeVpcEndpointConnectionsResponse>`;
  }

  const fake: FakeEndpointService = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    request: ({ endpointId, accountId, region = "us-east-1" }) =>
      connections.set(endpointId, { endpointId, accountId, region, state: "pendingAcceptance", transitions: [] }),
    throttle: () => false,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return fake;
}

const connectionsPerPage = 50;

const throttled =
  "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors><RequestID>1</RequestID></Response>";

async function form(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return new URLSearchParams(Buffer.concat(parts).toString());
}

/** `Name.1`, `Name.2` and so on. */
function list(parameters: URLSearchParams, name: string): string[] {
  const values: string[] = [];
  for (
    let value = parameters.get(`${name}.1`);
    value !== null;
    value = parameters.get(`${name}.${values.length + 1}`)
  ) {
    values.push(value);
  }
  return values;
}
