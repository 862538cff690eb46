import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { startAwsEmulator } from "../../../../test/support/aws-emulator.ts";
import { awsClients } from "../../src/aws/environment.ts";
import { takeBackup } from "../../src/backup/backup.ts";
import type { Manifest } from "../../src/backup/manifest.ts";
import { BackupStore } from "../../src/backup/store.ts";
import type { ClusterUnderTest } from "./cluster-under-test.ts";

const region = "us-west-2";
const bucket = "state";

/** A place for backups in an emulator of its own. */
export async function emulatedStore(): Promise<{ readonly store: BackupStore; readonly stop: () => Promise<void> }> {
  const aws = await startAwsEmulator(region);
  Object.assign(process.env, aws.environment);
  const { s3 } = awsClients();
  const CreateBucketConfiguration = { LocationConstraint: region } as const;
  await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  return { store: new BackupStore(s3, bucket, "hot"), stop: () => aws.stop() };
}

/** A backup of a cluster in one go, without a limit that it would meet. */
export function backUp(cluster: ClusterUnderTest, store: BackupStore, generation: string): Promise<Manifest> {
  return takeBackup(
    {
      cluster: "hot",
      login: {},
      store,
      observe: async () => (await cluster.controller.plan()).observation,
      bytesPerSecond: 1_000_000_000,
      onFile: () => {},
      mayGoOn: () => true,
    },
    generation,
  );
}
