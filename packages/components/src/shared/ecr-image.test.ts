import { expect, it } from "vitest";
import { ecrRepository, isEcrImage } from "./ecr-image.ts";

const host = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const at = (name: string) => ({ accountId: "123456789012", region: "us-east-1", name });

it.each([
  [`${host}/model:1`, at("model")],
  [`${host}/nvidia/dcgm-exporter`, at("nvidia/dcgm-exporter")],
  [`${host}/team_a/my.model:1.4@sha256:0a`, at("team_a/my.model")],
  [
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b@sha256:0",
    { accountId: "123456789012", region: "cn-north-1", name: "a/b" },
  ],
  ["envoyproxy/envoy:distroless-v1.40.0", undefined],
  [`evil.example/${host}/model`, undefined],
  [host, undefined],
  [`${host}/:1`, undefined],
  // A name that IAM would read as a pattern.
  [`${host}/*:1`, undefined],
])("the repository of %s", (image, repository) => {
  expect(ecrRepository(image)).toEqual(repository);
  expect(isEcrImage(image)).toBe(repository !== undefined);
});
