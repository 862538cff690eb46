import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerUser, userRules } from "../../../components/src/hot-tier-redis/server-users.ts";
import type { ConnectionSettings } from "../../src/cluster/connections.ts";

/** A throwaway authority, a certificate for loopback, and the users that the component gives its servers. */
export class SecureServers {
  readonly #folder = mkdtempSync(join(tmpdir(), "mrgc-secure-"));
  /** PEM of the authority. */
  readonly ca: string;
  readonly caFile: string;

  constructor() {
    this.caFile = this.makeAuthority("own");
    this.ca = readFileSync(this.caFile, "utf8");
    const own = (name: string): string => join(this.#folder, "own", name);
    const request = own("node.csr");
    const subject = ["-subj", "/CN=node", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
    openssl("req", "-new", ...newKey, ...subject, "-keyout", own("node.key"), "-out", request);
    const authority = ["-CA", own("ca.crt"), "-CAkey", own("ca.key"), "-CAcreateserial"];
    openssl("x509", "-req", "-in", request, ...authority, "-copy_extensions", "copy", "-out", own("node.crt"));
    const users = Object.values(ServerUser).map((user) => {
      const hash = createHash("sha256").update(this.login(user).password).digest("hex");
      return `user ${user} on #${hash} ${userRules[user]}\n`;
    });
    writeFileSync(own("users.acl"), ["user default off\n", ...users].join(""));
  }

  /** The server's configuration, as words of its command line: that of the component, with paths of this folder. */
  get settings(): string[] {
    const own = (name: string): string => join(this.#folder, "own", name);
    const files = ["--tls-cert-file", own("node.crt"), "--tls-key-file", own("node.key")];
    return [
      ...[...files, "--tls-ca-cert-file", own("ca.crt"), "--aclfile", own("users.acl")],
      ...["--tls-auth-clients", "no", "--tls-replication", "yes", "--tls-cluster", "yes"],
      ...["--tls-protocols", "TLSv1.2 TLSv1.3"],
      ...["--masteruser", ServerUser.Replication, "--masterauth", this.login(ServerUser.Replication).password],
    ];
  }

  /** How to log in as a user of the servers. */
  login(user: ServerUser): Required<Pick<ConnectionSettings, "username" | "password" | "tls">> {
    return { username: user, password: `password of ${user}`, tls: { ca: this.ca } };
  }

  /** An authority of its own; gives the file with its certificate. */
  makeAuthority(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    const certificate = join(folder, "ca.crt");
    openssl("req", "-x509", ...newKey, "-subj", `/CN=${name}`, "-keyout", join(folder, "ca.key"), "-out", certificate);
    return certificate;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: "ignore" });
}
