import {
  AcceptVpcEndpointConnectionsCommand,
  DescribeVpcEndpointConnectionsCommand,
  RejectVpcEndpointConnectionsCommand,
  type EC2Client,
  type Filter,
  type UnsuccessfulItem,
} from "@aws-sdk/client-ec2";
import type { Connection } from "./decide.ts";

/** The endpoint service's connections, as EC2 keeps them. */
export interface EndpointConnections {
  /** All of them, or those of the given endpoints or account. */
  list(only?: { endpointIds?: string[]; accountId?: string }): Promise<Connection[]>;
  /** Accepts what can be accepted. What could not is told by a later `list`, not by an error. */
  accept(endpointIds: string[]): Promise<void>;
  /** Rejects requests and cuts connections. */
  reject(endpointIds: string[]): Promise<void>;
}

/** Values that an EC2 filter takes. */
const valuesPerFilter = 200;
/** Endpoints in one call; small enough that one bad id costs little. */
const endpointsPerCall = 25;

/** The connections of one service through EC2's API. */
export function ec2Connections(ec2: EC2Client, serviceId: string, serviceRegion: string): EndpointConnections {
  const page = async (filters: Filter[]): Promise<Connection[]> => {
    const found: Connection[] = [];
    let nextToken: string | undefined;
    do {
      const answer = await ec2.send(
        new DescribeVpcEndpointConnectionsCommand({
          Filters: [{ Name: "service-id", Values: [serviceId] }, ...filters],
          MaxResults: 1000,
          NextToken: nextToken,
        }),
      );
      for (const item of answer.VpcEndpointConnections ?? []) {
        if (item.VpcEndpointId !== undefined && item.VpcEndpointOwner !== undefined) {
          found.push({
            endpointId: item.VpcEndpointId,
            accountId: item.VpcEndpointOwner,
            region: item.VpcEndpointRegion ?? serviceRegion,
            // The API's model says PendingAcceptance, its filters and answers say pendingAcceptance.
            state: lowerFirst(item.VpcEndpointState ?? "unknown"),
            requestedAt: item.CreationTimestamp?.getTime() ?? 0,
          });
        }
      }
      nextToken = answer.NextToken;
    } while (nextToken !== undefined && nextToken !== "");
    return found;
  };
  return {
    async list(only = {}) {
      const owner = only.accountId === undefined ? [] : [{ Name: "vpc-endpoint-owner", Values: [only.accountId] }];
      if (only.endpointIds === undefined) {
        return page(owner);
      }
      const pages = await Promise.all(
        chunks(only.endpointIds, valuesPerFilter).map((ids) =>
          page([...owner, { Name: "vpc-endpoint-id", Values: ids }]),
        ),
      );
      return pages.flat();
    },
    async accept(endpointIds) {
      for (const ids of chunks(endpointIds, endpointsPerCall)) {
        const answer = await ec2.send(
          new AcceptVpcEndpointConnectionsCommand({ ServiceId: serviceId, VpcEndpointIds: ids }),
        );
        throwIfThrottled(answer.Unsuccessful);
      }
    },
    async reject(endpointIds) {
      for (const ids of chunks(endpointIds, endpointsPerCall)) {
        const answer = await ec2.send(
          new RejectVpcEndpointConnectionsCommand({ ServiceId: serviceId, VpcEndpointIds: ids }),
        );
        throwIfThrottled(answer.Unsuccessful);
      }
    },
  };
}

/** Splits a list into parts of at most `size`. */
export function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function throwIfThrottled(unsuccessful: UnsuccessfulItem[] | undefined): void {
  const throttled = unsuccessful?.find((item) => /limit|throttl/i.test(item.Error?.Code ?? ""));
  if (throttled !== undefined) {
    throw new Error(`EC2 throttled ${throttled.ResourceId}: ${throttled.Error?.Message}`);
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
