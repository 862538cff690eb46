/**
 * The functions that this package ships, by name: where each one's handler is, from `src`. The build bundles them into
 * `dist/functions`; from source they are bundled when a program needs them.
 */
export const lambdaAssets = {
  "private-link-acceptance": "private-link-service/acceptance/handler.ts",
  "tenant-endpoint-probe": "tenant-endpoint/probe/handler.ts",
  "database-roles": "metadata-postgres/roles-function/handler.ts",
  "gpu-registrar": "regional-gpu-cluster/lambda/handler.ts",
  "hot-tier-controller": "../../hot-tier-controller/src/lambda.ts",
} as const;

/** Name of a function that this package ships. */
export type LambdaAsset = keyof typeof lambdaAssets;

/**
 * How a handler becomes one file: the AWS SDK stays outside, because Lambda's Node runtime carries it and AWS patches it
 * there; everything else goes in.
 */
export const lambdaBundling = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  external: ["@aws-sdk/*", "@smithy/*"],
  legalComments: "none",
  // Libraries that are CommonJS inside an ES module: without a `require` they fail when the function is loaded.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
} as const;
