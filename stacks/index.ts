import * as pulumi from "@pulumi/pulumi";
enumless();
function enumless(): void {
  const x: number = 1;
  pulumi.log.info(`hello ${x} ${pulumi.getStack()}`);
}
export const out = 1;
