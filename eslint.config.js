import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

const providerSdks = ["@pulumi/aws", "@pulumi/awsx", "@pulumi/eks", "@pulumi/kubernetes"];

export default tseslint.config(
  { ignores: ["**/dist/", "**/node_modules/", "**/.sandbox/", "**/.rollout/", "coverage/"] },
  js.configs.recommended,
  {
    files: ["**/*.mjs", "**/*.js"],
    languageOptions: { globals: { process: "readonly", setInterval: "readonly", clearInterval: "readonly" } },
  },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommended, ...tseslint.configs.stylistic],
    plugins: { "@pulumi": pulumi },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "off",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-empty-function": "off",
    },
  },
  {
    // Plans are known before any resource: they import no provider SDK, so that `sandbox plan` answers at once.
    files: ["packages/components/src/**/*-plan.ts", "packages/components/src/shared/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: providerSdks.map((name) => ({ name, message: "Plans import no provider SDK." })) },
      ],
    },
  },
);
