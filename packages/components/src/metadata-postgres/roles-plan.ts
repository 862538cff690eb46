import type { DatabaseRoleArgs } from "./args.ts";

/** A role with its defaults filled in. */
export interface DatabaseRole {
  name: string;
  writes: boolean;
}

/** Fills in the defaults. */
export function rolesFor(roles: DatabaseRoleArgs[]): DatabaseRole[] {
  return roles.map((role) => ({ name: role.name, writes: role.writes ?? true }));
}

/** The schema that applications own nothing of and work in. */
export const schemaName = "app";

/**
 * The statements that make the schema, the roles and their rights, in order. Each may run again: it changes nothing then.
 * Roles log in with a token of IAM (`rds_iam`) and have no password. Last, so does who runs the statements: from then on the
 * master's first password opens nothing, because PostgreSQL on RDS asks whoever has `rds_iam` for a token.
 *
 * Names have been checked by the plan (`postgresPlan`), so they need no quoting.
 */
export function roleStatements(databaseName: string, roles: DatabaseRole[]): string[] {
  return [
    `REVOKE ALL ON DATABASE ${databaseName} FROM PUBLIC`,
    `REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
    `CREATE SCHEMA IF NOT EXISTS ${schemaName}`,
    `CREATE EXTENSION IF NOT EXISTS pg_stat_statements`,
    ...roles.flatMap((role) => statementsOf(databaseName, role)),
    `GRANT rds_iam TO CURRENT_USER`,
  ];
}

function statementsOf(databaseName: string, role: DatabaseRole): string[] {
  const { name, writes } = role;
  const tableRights = writes ? "SELECT, INSERT, UPDATE, DELETE" : "SELECT";
  const sequenceRights = writes ? "USAGE, SELECT" : "SELECT";
  return [
    `DO $$ BEGIN CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    `GRANT rds_iam TO ${name}`,
    `GRANT CONNECT ON DATABASE ${databaseName} TO ${name}`,
    `GRANT USAGE ON SCHEMA ${schemaName} TO ${name}`,
    // What a role may do follows the plan downwards too: a role that lost its right to write loses it here.
    `REVOKE ALL ON ALL TABLES IN SCHEMA ${schemaName} FROM ${name}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schemaName} REVOKE ALL ON TABLES FROM ${name}`,
    `GRANT ${tableRights} ON ALL TABLES IN SCHEMA ${schemaName} TO ${name}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schemaName} GRANT ${tableRights} ON TABLES TO ${name}`,
    `GRANT ${sequenceRights} ON ALL SEQUENCES IN SCHEMA ${schemaName} TO ${name}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schemaName} GRANT ${sequenceRights} ON SEQUENCES TO ${name}`,
  ];
}
