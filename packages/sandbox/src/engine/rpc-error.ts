/** What a gRPC error says to a person: message, cause, and the properties it blames. */
import { stripVTControlCharacters } from "node:util";
import type { GrpcModule } from "./protocol.ts";
import { errorsPb, grpc, providerPb, Struct, statusPb } from "./protocol.ts";
import { fromStruct } from "./wire.ts";
import type { PropertyMap } from "./values.ts";

interface AnyMessage {
  getTypeName(): string;
  getValue_asU8(): Uint8Array;
}

function details(error: GrpcModule.ServiceError): { type: string; bytes: Uint8Array }[] {
  const packed = error.metadata?.get("grpc-status-details-bin")[0];
  if (!(packed instanceof Buffer)) return [];
  const status = statusPb.Status.deserializeBinary(packed);
  return (status.getDetailsList() as unknown as AnyMessage[]).map((any) => ({
    type: any.getTypeName(),
    bytes: any.getValue_asU8(),
  }));
}

export const isServiceError = (error: unknown): error is GrpcModule.ServiceError =>
  error instanceof Error && typeof (error as Partial<GrpcModule.ServiceError>).code === "number";

export const isUnimplemented = (error: unknown): boolean =>
  isServiceError(error) && error.code === grpc.status.UNIMPLEMENTED;

export interface PropertyProblem {
  path: string;
  reason: string;
}

export interface ReadableError {
  message: string;
  properties: PropertyProblem[];
}

/** Message and blamed properties of any error. */
export function readError(error: unknown): ReadableError {
  if (!isServiceError(error))
    return { message: error instanceof Error ? error.message : String(error), properties: [] };
  const properties: PropertyProblem[] = [];
  let message = error.details || error.message;
  for (const { type, bytes } of details(error)) {
    if (type === "pulumirpc.InputPropertiesError") {
      for (const problem of errorsPb.InputPropertiesError.deserializeBinary(bytes).getErrorsList()) {
        properties.push({ path: problem.getPropertyPath(), reason: problem.getReason() });
      }
    } else if (type === "pulumirpc.ErrorCause") {
      message += `: ${errorsPb.ErrorCause.deserializeBinary(bytes).getMessage()}`;
    } else if (type === "pulumirpc.ConfigureErrorMissingKeys") {
      for (const key of providerPb.ConfigureErrorMissingKeys.deserializeBinary(bytes).getMissingkeysList()) {
        message += `\nmissing required configuration key "${key.getName()}": ${key.getDescription()}`;
      }
    }
  }
  return { message, properties };
}

/** The whole message on a few lines. */
export function describeError(error: unknown): string {
  const { message, properties } = readError(error);
  return [message, ...properties.map(({ path, reason }) => `  - property ${path} has a problem: ${reason}`)].join("\n");
}

export interface InitFailure {
  id: string;
  properties: PropertyMap;
  inputs: PropertyMap | undefined;
  reasons: string[];
}

/** A resource that was created but did not become healthy; undefined for any other error. */
export function initFailure(error: unknown): InitFailure | undefined {
  if (!isServiceError(error)) return undefined;
  const found = details(error).find(({ type }) => type === "pulumirpc.ErrorResourceInitFailed");
  if (!found) return undefined;
  const message = providerPb.ErrorResourceInitFailed.deserializeBinary(found.bytes);
  const inputs = message.getInputs();
  return {
    id: message.getId(),
    properties: fromStruct(message.getProperties() ?? new Struct()),
    inputs: inputs ? fromStruct(inputs) : undefined,
    reasons: message.getReasonsList(),
  };
}

/** A message without colours and without the stack frames that processes put into theirs. */
export const withoutStack = (message: string): string =>
  stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => !/^\s*at .*:\d+:\d+\)?$/.test(line) && !/^\s+at /.test(line))
    .join("\n")
    .trim();

/** The first line of a process's output that says something: no stack frames, no source excerpts. */
export function firstUsefulLine(output: string): string {
  const lines = withoutStack(output)
    .split("\n")
    .map((line) => line.trim())
    .filter(
      (line) => line !== "" && !/^\d+$/.test(line) && !/^(node:|file:|\/).*:\d+$/.test(line) && !/^[\^~]+$/.test(line),
    );
  return (
    lines.find((line) => /^(\w+)?Error\b.*: /.test(line)) ??
    lines.find((line) => /error/i.test(line)) ??
    lines[0] ??
    "no output"
  );
}
