import type { PropertyValue } from "../../engine/values.ts";
import type { Property } from "../../schema/resource-schema.ts";
import type { Shape } from "../../schema/shapes.ts";
import { account, arn, text, type Behaviour, type Scene } from "./behaviour.ts";

/** A plausible value of an output that neither the program nor the type's behaviour gives. */
export function computedOutput(
  property: Property,
  scene: Scene,
  id: string,
  behaviour: Behaviour,
): PropertyValue | undefined {
  const { name, shape } = property;
  if (name === "arn") return arnOf(scene, id, behaviour);
  switch (simple(shape)) {
    case "string":
      return stringOutput(name, scene, id, behaviour);
    case "number":
      return /version/i.test(name) ? 1 : 0;
    case "boolean":
      return false;
    case "array":
      return [];
    case "map":
      return {};
    default:
      return undefined;
  }
}

/** The object's ARN: its type's own form, or service, type and name. */
export function arnOf(scene: Scene, id: string, behaviour: Behaviour): string {
  if (behaviour.arn) return behaviour.arn(scene, id);
  if (id.startsWith("arn:")) return id;
  const [service = "", kind = ""] = (scene.type.split(":")[1] ?? "").split("/");
  return arn(
    scene,
    service,
    `${kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}/${text(scene.inputs.name) ?? id}`,
  );
}

function stringOutput(name: string, scene: Scene, id: string, behaviour: Behaviour): string | undefined {
  if (name === "region") return scene.region;
  if (name === "ownerId" || name === "accountId" || name === "registryId") return account;
  if (name === "tagsAll") return undefined;
  if (/^(status|state)$/.test(name)) return "ACTIVE";
  if (/(Date|Time|At)$/.test(name)) return "2026-01-01T00:00:00Z";
  if (/Arn$/.test(name)) return `${arnOf(scene, id, behaviour)}/${name}`;
  if (/(dns|domain)Name$/i.test(name)) return `${id.split("/").at(-1) ?? id}.${scene.region}.amazonaws.com`;
  if (/Id$/.test(name))
    return `${name.replace(/Id$/, "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-${scene.hex(17, name)}`;
  return "";
}

function simple(shape: Shape): string {
  if (shape.kind === "union") return shape.options.some(({ kind }) => kind === "string") ? "string" : "any";
  return shape.kind === "literal" || shape.kind === "enum" ? "string" : shape.kind;
}
