/** The bill of materials of a published package, in CycloneDX 1.6. */
export function billOfMaterials(name: string, folder: string, env: NodeJS.ProcessEnv): Promise<unknown>;
