import pg from "pg";

/** What the function is told; no secret is in it. */
export interface RolesEvent {
  host: string;
  port: number;
  database: string;
  secretArn: string;
  /** Statements that change nothing when they have run before. */
  statements: string[];
}

/** Who connects, and how. */
export interface Login {
  user: string;
  password?: string;
  ssl?: { rejectUnauthorized: boolean };
}

const connectTimeoutMs = 10_000;
/** PostgreSQL's codes for a log-in that it refuses. */
const refusedLogins = ["28P01", "28000"];

/**
 * Applies the statements as the first of these log-ins that the database takes.
 *
 * @throws Error of the last one, or of one that was refused for another reason
 */
export async function applyAsFirstTaken(event: RolesEvent, logins: readonly Login[]): Promise<{ applied: number }> {
  for (const [index, login] of logins.entries()) {
    try {
      return await applyStatements(event, login);
    } catch (error) {
      const refused = refusedLogins.includes((error as { code?: string }).code ?? "");
      if (!refused || index === logins.length - 1) {
        throw error;
      }
    }
  }
  throw new Error("nobody was named to log in as");
}

/**
 * Applies all statements in one transaction: either all rights hold or those from before.
 *
 * @throws Error naming the statement that PostgreSQL refused
 */
export async function applyStatements(event: RolesEvent, login: Login): Promise<{ applied: number }> {
  const { host, port, database, statements } = event;
  const client = new pg.Client({ host, port, database, ...login, connectionTimeoutMillis: connectTimeoutMs });
  await client.connect();
  try {
    await client.query("BEGIN");
    for (const statement of statements) {
      try {
        await client.query(statement);
      } catch (error) {
        throw new Error(`PostgreSQL refused "${statement}": ${(error as Error).message}`, { cause: error });
      }
    }
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
  return { applied: statements.length };
}
