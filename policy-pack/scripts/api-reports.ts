import { rmSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig, type ExtractorLogLevel } from "@microsoft/api-extractor";

const root = join(import.meta.dirname, "..");
const temporary = join(root, "dist", "tmp");
const at = (logLevel: `${ExtractorLogLevel}`) => ({ default: { logLevel: logLevel as ExtractorLogLevel } });

/**
 * Holds what programs import to the committed reports, from the declarations in `dist`: an unnoticed change fails the build.
 * `npm run build -- --local` accepts a change.
 */
for (const entry of ["rules", "suppress"]) {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: `<projectFolder>/dist/types/${entry}.d.ts`,
      compiler: { tsconfigFilePath: "<projectFolder>/tsconfig.build.json" },
      apiReport: {
        enabled: true,
        reportFileName: `${entry}.api.md`,
        reportFolder: "<projectFolder>",
        reportTempFolder: temporary,
        // What an exported type is made of changes programs as well.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        compilerMessageReporting: at("warning"),
        extractorMessageReporting: at("none"),
        tsdocMessageReporting: at("none"),
      },
    },
  });
  const { succeeded } = Extractor.invoke(config, { localBuild: process.argv.includes("--local") });
  if (!succeeded) {
    throw new Error(
      `The API of @mrgc/policy-pack/${entry} is not that of ${entry}.api.md. If that is wanted: npm run build -- --local in policy-pack, and look at what it changes.`,
    );
  }
}
rmSync(temporary, { recursive: true, force: true });
