import { T } from "../tokens.ts";
import { containerDefinitions } from "./ecs.ts";
import type { Field, Unknown } from "./field.ts";

/** A variable that a program gets in the clear. */
export interface PlainVariable {
  name: string | Unknown | undefined;
  value: Field;
}

/** How each type writes its variables down. */
const readers: readonly { types: readonly string[]; read: (props: Field) => PlainVariable[] }[] = [
  { types: T.lambdaFunction, read: (props) => entriesOf(props.at("environment", "variables")) },
  {
    types: T.ecsTaskDefinition,
    read: (props) => containerDefinitions(props).flatMap((container) => pairsOf(container.at("environment"))),
  },
  { types: T.ecsExpressService, read: (props) => pairsOf(props.at("primaryContainer", "environments")) },
  {
    types: T.batchJobDefinition,
    read: (props) => [
      ...pairsOf(props.at("containerProperties").document().at("environment")),
      ...taskContainers(props).flatMap((container) => pairsOf(container.at("environment"))),
    ],
  },
  {
    types: T.codeBuildProject,
    // The others name a parameter or a secret.
    read: (props) =>
      props
        .at("environment", "environmentVariables")
        .items()
        .filter((variable) => variable.at("type").isUnset || variable.at("type").text() === "PLAINTEXT")
        .map(pairOf),
  },
  {
    types: T.appRunnerService,
    read: (props) =>
      [
        ["imageRepository", "imageConfiguration"],
        ["codeRepository", "codeConfiguration", "codeConfigurationValues"],
      ].flatMap((path) => entriesOf(props.at("sourceConfiguration", ...path, "runtimeEnvironmentVariables"))),
  },
];

/** The types that give programs variables. */
export const variableHolders: readonly string[] = readers.flatMap(({ types }) => types);

/** Every variable that a resource gives in the clear. What is not known yet is a variable without a name. */
export function plainVariables(type: string, props: Field): PlainVariable[] {
  return readers.filter(({ types }) => types.includes(type)).flatMap(({ read }) => read(props));
}

function entriesOf(variables: Field): PlainVariable[] {
  return variables.isUnknown
    ? [{ name: undefined, value: variables }]
    : variables.keys().map((name) => ({ name, value: variables.at(name) }));
}

function pairsOf(list: Field): PlainVariable[] {
  return list.items().map(pairOf);
}

function pairOf(variable: Field): PlainVariable {
  return { name: variable.at("name").text(), value: variable.at("value") };
}

function taskContainers(props: Field): Field[] {
  return props
    .at("ecsProperties")
    .document()
    .at("taskProperties")
    .items()
    .flatMap((task) => task.at("containers").items());
}
