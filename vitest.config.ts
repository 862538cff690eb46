import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "stacks/**/*.test.ts",
      "policy-pack/src/**/*.test.ts",
      "policy-pack/test/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    pool: "forks",
    // The SDK takes a stack trace for each promise, and Vitest maps it: three quarters of the time of the components' tests.
    execArgv: ["--require", "./packages/sandbox/src/engine/lean-sdk.cjs"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
