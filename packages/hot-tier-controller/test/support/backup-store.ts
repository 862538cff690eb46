import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { startAwsEmulator } from "../../../../test/support/aws-emulator.ts";
import { awsClients } from "../../src/aws/environment.ts";
import { BackupStore } from "../../src/backup/store.ts";

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
