// Generated from repairs-table.ts: npx vitest run packages/migrator/test/repairs-table.test.ts -u
export const repairsTable: readonly string[] = [
  "create table \"migration_repairs\" (\"id\" uuid default gen_random_uuid() not null, \"domain\" text not null, \"name\" text not null, \"action\" text not null, \"reason\" text not null, \"checksum_before\" text, \"checksum_after\" text, \"history_before\" jsonb, \"history_after\" jsonb, \"tool_version\" text not null, \"applied_by\" text not null, \"created_at\" timestamptz default CURRENT_TIMESTAMP not null, constraint \"pk_migration_repairs\" primary key (\"id\"), constraint \"chk_migration_repairs_reason\" check (reason ~ '[^[:space:]]'), constraint \"chk_migration_repairs_checksum_before\" check (\"checksum_before\" ~ '^[0-9a-f]{64}$'), constraint \"chk_migration_repairs_checksum_after\" check (\"checksum_after\" ~ '^[0-9a-f]{64}$'))",
  "comment on table \"migration_repairs\" is 'What people did to the migration history, and why; the migrator never drops it.'",
  "comment on column \"migration_repairs\".\"name\" is 'For a baseline: the last migration that it recorded.'",
  "comment on column \"migration_repairs\".\"action\" is 'accept-checksum, forget, mark-done, mark-undone or baseline.'",
  "comment on column \"migration_repairs\".\"checksum_before\" is 'SHA-256 in lower-case hex that the history had before; NULL if it had no row.'",
  "comment on column \"migration_repairs\".\"checksum_after\" is 'SHA-256 in lower-case hex that the history had afterwards; NULL if it had no row.'",
  "comment on column \"migration_repairs\".\"history_before\" is 'The row of the history before; NULL if there was none.'",
  "comment on column \"migration_repairs\".\"history_after\" is 'The row of the history afterwards, for a baseline what it recorded; NULL if there is none.'",
  "comment on column \"migration_repairs\".\"applied_by\" is 'Operating-system user and machine.'",
]
