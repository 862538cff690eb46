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
  return message.setStructValue(toStruct(value));
}

/** A message of a property bag. */
export function toStruct(map: PropertyMap): StructModule.Struct {
  const message = new Struct();
  const fields = message.getFieldsMap();
  for (const key in map) fields.set(key, toValue(map[key]!));
  return message;
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
  const entries: [string, PropertyValue][] = [];
  message?.getFieldsMap().forEach((value: StructModule.Value, key: string) => {
    entries.push([key, fromValue(value)]);
  });
  return Object.fromEntries(entries);
}
