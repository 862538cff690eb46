/** One setting of the parameter group. */
export interface ParameterSetting {
  name: string;
  value: string;
  /** Whether it takes a restart. */
  restart: boolean;
  /** Whether RDS alone knows it; every other setting is PostgreSQL's own. */
  rdsOnly: boolean;
  /** Why it is not left at its default. */
  why: string;
}

/** The database's settings that differ from RDS's defaults. */
export function parametersFor(majorVersion: string): ParameterSetting[] {
  const settings: ParameterSetting[] = [
    setting("rds.force_ssl", "1", "No connection without TLS.", { rdsOnly: true }),
    setting("ssl_min_protocol_version", "TLSv1.2", "Older protocols are broken."),
    setting("password_encryption", "scram-sha-256", "MD5 hashes can be replayed."),
    setting("shared_preload_libraries", "pg_stat_statements", "Which statements cost what.", { restart: true }),
    setting("track_io_timing", "on", "Tells waiting for storage from computing."),
    setting(
      "log_min_duration_statement",
      "1000",
      "Statements above a second are worth a line; the source documents ask for 15 ms at p99.",
    ),
    setting("log_lock_waits", "on", "A wait above deadlock_timeout is worth a line."),
    setting("log_connections", majorVersion === "17" ? "on" : "authentication,authorization", "Who connected."),
    setting("log_disconnections", "on", "And for how long."),
    setting("idle_in_transaction_session_timeout", "60000", "A forgotten transaction must not hold back vacuum."),
    setting("statement_timeout", "60000", "A runaway statement must not hold a connection for ever."),
    setting("autovacuum_vacuum_scale_factor", "0.05", "Temperature updates rewrite rows all the time: vacuum early."),
    setting("max_slot_wal_keep_size", "51200", "MiB: a lost replica must not fill the disk."),
  ];
  return settings;
}

function setting(name: string, value: string, why: string, rest: Partial<ParameterSetting> = {}): ParameterSetting {
  return { name, value, why, restart: false, rdsOnly: false, ...rest };
}
