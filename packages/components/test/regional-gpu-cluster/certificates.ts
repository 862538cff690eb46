import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateName } from "../../src/regional-gpu-cluster/envoy-values.ts";

/** What the certificate's secret holds, PEM. */
export interface Certificate {
  certificate: string;
  privateKey: string;
  authority: string;
}

/** A certificate authority of its own, and a certificate. @param name what it is for; the name that routers and GPU hosts share unless said */
export function makeCertificate(name: string = certificateName): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "mrgc-certificates-"));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  try {
    openssl(
      "req",
      "-x509",
      ...newKey,
      "-days",
      "2",
      "-subj",
      "/CN=mrgc test authority",
      "-keyout",
      file("ca.key"),
      "-out",
      file("ca.pem"),
    );
    openssl("req", ...newKey, "-subj", `/CN=${name}`, "-keyout", file("key.pem"), "-out", file("request.pem"));
    writeFileSync(file("names"), `subjectAltName=DNS:${name}`);
    openssl(
      "x509",
      "-req",
      "-in",
      file("request.pem"),
      "-CA",
      file("ca.pem"),
      "-CAkey",
      file("ca.key"),
      "-CAcreateserial",
      "-days",
      "2",
      "-extfile",
      file("names"),
      "-out",
      file("certificate.pem"),
    );
    const read = (name: string) => readFileSync(file(name), "utf8");
    return { certificate: read("certificate.pem"), privateKey: read("key.pem"), authority: read("ca.pem") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
