/** How the Postgres of a single process is made and run. All of it is given at the start: no file in its folder is edited. */

/** Of the pool: one for sends would do, and a long query must not hold all. */
export const connections = 4;
const maxConnections = 20;
/** Part of the name of its socket; there is no port. */
export const port = 5432;

/** Collations that depend on neither the packages' ICU nor on the system, so that its indexes outlive an update of either. */
export const initWords = [
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  // Small segments of the log: a new folder takes 32 MB instead of 48.
  "--wal-segsize=4",
  // Nobody comes in but through the socket, whose folder is its user's alone.
  "--auth-local=trust",
  "--auth-host=reject",
] as const;

/** @param other instead of these, or beside them */
export function settingsFor(socketFolder: string, other: Readonly<Record<string, string>> = {}): readonly string[] {
  const settings: Readonly<Record<string, string | number>> = {
    listen_addresses: "",
    // A list, in which a comma would part one folder into two.
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    port,
    max_connections: maxConnections,
    // An ack means that it is on the disk.
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    shared_buffers: "32MB",
    work_mem: "4MB",
    maintenance_work_mem: "32MB",
    // Nobody follows this server.
    wal_level: "minimal",
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    min_wal_size: "32MB",
    max_wal_size: "256MB",
    wal_compression: "off",
    jit: "off",
    huge_pages: "off",
    io_method: "sync",
    max_worker_processes: 0,
    max_parallel_workers: 0,
    autovacuum_max_workers: 1,
    autovacuum_worker_slots: 1,
    // Containers have little shared memory. On macOS and Windows there is only the default.
    ...(process.platform === "linux" ? { dynamic_shared_memory_type: "mmap" } : {}),
    // What people write stands in the statements that fail, and has no place in a log.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_checkpoints: "off",
    log_destination: "stderr",
    logging_collector: "off",
    log_line_prefix: "",
    lc_messages: "C",
    ...other,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
