/** Between plain property values and google.protobuf.Struct. */
import type * as StructModule from "google-protobuf/google/protobuf/struct_pb.js";
import { ListValue, NullValue, Struct, Value } from "./protocol.ts";
import { marshalMap, type MarshalOptions, type PropertyMap, type PropertyValue } from "./values.ts";

/** A message of one value. */
export function toValue(value: PropertyValue): StructModule.Value {
  const message = new Value();
  if (value === null) return message.setNullValue(NullValue.NULL_VALUE);
  switch (typeof value) {
    case "boolean":
      return message.setBoolValue(value);
    case "number":
      return message.setNumberValue(value);
    case "string":
      return message.setStringValue(value);
  }
  if (Array.isArray(value)) return message.setListValue(new ListValue().setValuesList(value.map(toValue)));
  return message.setStructValue(filledStruct(value));
}

function filledStruct(map: PropertyMap): StructModule.Struct {
  const message = new Struct();
  fill(message, map);
  return message;
}

function fill(message: StructModule.Struct, map: PropertyMap): void {
  const fields = message.getFieldsMap();
  for (const key in map) fields.set(key, toValue(map[key]!));
}

/** The bags of messages that were made here. */
const contents = new WeakMap<StructModule.Struct, PropertyMap>();

/**
 * A message of a property bag. Its fields are made when it is sent: a receiver in this process takes the bag itself, which
 * must not change until then.
 */
export function toStruct(map: PropertyMap): StructModule.Struct {
  const message = new Struct();
  contents.set(message, map);
  const { getFieldsMap } = message;
  message.getFieldsMap = (...args) => {
    message.getFieldsMap = getFieldsMap;
    fill(message, map);
    return message.getFieldsMap(...args);
  };
  return message;
}

/** The bag as it would come out of a message: a copy, its keys in order. */
function copied(value: PropertyValue): PropertyValue {
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? value.map(copied) : copiedMap(value);
}

function copiedMap(map: PropertyMap): PropertyMap {
  const keys = Object.keys(map).sort();
  return Object.fromEntries(keys.map((key) => [key, copied(map[key]!)]));
}

/** A property bag as its receiver understands it. */
export const marshalStruct = (map: PropertyMap, options: MarshalOptions): StructModule.Struct =>
  toStruct(marshalMap(map, options));

export function fromValue(message: StructModule.Value): PropertyValue {
  const kinds = Value.KindCase;
  switch (message.getKindCase()) {
    case kinds.BOOL_VALUE:
      return message.getBoolValue();
    case kinds.NUMBER_VALUE:
      return message.getNumberValue();
    case kinds.STRING_VALUE:
      return message.getStringValue();
    case kinds.LIST_VALUE:
      return message.getListValue()!.getValuesList().map(fromValue);
    case kinds.STRUCT_VALUE:
      return fromStruct(message.getStructValue());
    default:
      return null;
  }
}

/** The property bag of a message; a message that is not there is an empty bag. */
export function fromStruct(message: StructModule.Struct | undefined): PropertyMap {
  const made = message && contents.get(message);
  if (made) return copiedMap(made);
  const entries: [string, PropertyValue][] = [];
  message?.getFieldsMap().forEach((value: StructModule.Value, key: string) => {
    entries.push([key, fromValue(value)]);
  });
  return Object.fromEntries(entries);
}
