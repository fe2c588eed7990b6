// Generated from history-table.ts: npx vitest run packages/migrator/test/history-table.test.ts -u
export const historyTable: readonly string[] = [
  "create table \"migration_history\" (\"id\" uuid default gen_random_uuid() not null, \"domain\" text not null, \"name\" text not null, \"checksum\" text not null, \"run_id\" uuid not null, \"position\" integer not null, \"duration_ms\" integer, \"tool_version\" text not null, \"applied_by\" text not null, \"created_at\" timestamptz default CURRENT_TIMESTAMP not null, constraint \"pk_migration_history\" primary key (\"id\"), constraint \"uq_migration_history_domain_name\" unique (\"domain\", \"name\"), constraint \"chk_migration_history_checksum\" check (checksum ~ '^[0-9a-f]{64}$'), constraint \"chk_migration_history_position\" check (position > 0), constraint \"chk_migration_history_duration_ms\" check (duration_ms >= 0))",
  "comment on table \"migration_history\" is 'Which migrations this database has; written by the migrator alone.'",
  "comment on column \"migration_history\".\"checksum\" is 'SHA-256 in lower-case hex over the rendered SQL of up and down.'",
  "comment on column \"migration_history\".\"run_id\" is 'The same for all migrations of one run.'",
  "comment on column \"migration_history\".\"position\" is 'Number in the V1 run: the line in migrations.lock.'",
  "comment on column \"migration_history\".\"duration_ms\" is 'Milliseconds; NULL while a migration without transaction is under way or was interrupted.'",
  "comment on column \"migration_history\".\"applied_by\" is 'Operating-system user and machine.'",
]
