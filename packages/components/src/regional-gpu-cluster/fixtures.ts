import type { Answers } from "../testing/recorded.ts";
import type { RegionalGpuClusterArgs } from "./args.ts";
import { AttestationMode, type Measurement } from "./attestation-args.ts";

/** The zones of the tests: all of them offer g6e.2xlarge. */
export const testZones = ["use1-az1", "use1-az2", "use1-az4"];

/** A measurement whose registers are one digit repeated. */
export function measurement(digit: string, ...registers: string[]): Measurement {
  return Object.fromEntries(
    (registers.length === 0 ? ["PCR0"] : registers).map((register) => [register, digit.repeat(96)]),
  );
}

/** The least that a cluster needs. */
export const clusterArgs: RegionalGpuClusterArgs = {
  network: {
    region: "us-east-1",
    zoneIds: testZones,
    vpcId: "vpc-1",
    vpcCidrBlock: "10.66.0.0/18",
    publicSubnetIds: ["public-1", "public-2", "public-3"],
    privateSubnetIds: ["private-1", "private-2", "private-3"],
    dataSubnetIds: ["data-1", "data-2", "data-3"],
  },
  tenants: [
    {
      name: "acme",
      accountId: "111122223333",
      cidrBlocks: ["10.34.0.0/16"],
      regions: ["us-east-1"],
      contact: "ops@acme.example",
    },
  ],
  certificateSecretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:gpu-certificate-AbCdEf",
  modelImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1.4.0",
  dcgmExporterImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/nvidia/dcgm-exporter:4.5.1",
  attestation: {
    mode: AttestationMode.Enclave,
    measurements: { current: measurement("a") },
    enclaveImageUri: "s3://images/keyholder-1.4.0.eif",
  },
};

/** What AWS answers beside what every account does. */
export const clusterAnswers: Answers = {
  calls: { "aws:ec2/getManagedPrefixList:getManagedPrefixList": () => ({ id: "pl-s3" }) },
};
