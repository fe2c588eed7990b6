/**
 * Tables that belong to a tool and not to the schema: the histories of migration tools, Django's own, PostGIS's, pg_partman's. Their tool
 * makes and alters them, so advice on them cannot be followed. They are known by their name and a few of their columns. Pure.
 */
import type { Table } from '../catalog/types.ts'

const TOOLS: readonly (readonly [tool: string, tables: Readonly<Record<string, string>>])[] = [
  ['Rails', { schema_migrations: 'version', ar_internal_metadata: 'key value' }],
  ['golang-migrate', { schema_migrations: 'version dirty' }],
  ['Flyway', { flyway_schema_history: 'installed_rank checksum', schema_version: 'installed_rank checksum' }],
  ['Liquibase', { databasechangelog: 'id author filename', databasechangeloglock: 'id locked' }],
  ['Alembic', { alembic_version: 'version_num' }],
  ['Knex', { knex_migrations: 'name batch migration_time', knex_migrations_lock: 'is_locked' }],
  ['Laravel', { migrations: 'migration batch' }],
  ['TypeORM', { migrations: 'timestamp name', typeorm_metadata: 'type value' }],
  ['Prisma', { _prisma_migrations: 'checksum migration_name' }],
  ['Drizzle', { __drizzle_migrations: 'hash created_at' }],
  ['Sequelize', { sequelizemeta: 'name' }],
  ['MikroORM', { mikro_orm_migrations: 'name' }],
  ['Kysely', { kysely_migration: 'name timestamp', kysely_migration_lock: 'is_locked' }],
  ['node-pg-migrate', { pgmigrations: 'name run_on' }],
  ['goose', { goose_db_version: 'version_id is_applied' }],
  ['Diesel', { __diesel_schema_migrations: 'version' }],
  ['sqlx', { _sqlx_migrations: 'version checksum' }],
  ['SeaORM', { seaql_migrations: 'version' }],
  ['Entity Framework', { __efmigrationshistory: 'migrationid' }],
  ['Ecto', { schema_migrations: 'version inserted_at' }],
  ['Doctrine', { doctrine_migration_versions: 'version executed_at' }],
  ['Phinx', { phinxlog: 'version migration_name' }],
  ['Atlas', { atlas_schema_revisions: 'version hash' }],
  [
    'yoyo',
    { _yoyo_migration: 'migration_hash', _yoyo_log: 'migration_hash', _yoyo_version: 'version', yoyo_lock: 'locked' },
  ],
  [
    'Django',
    {
      ...{
        django_migrations: 'app name applied',
        django_content_type: 'app_label model',
        django_session: 'session_key',
      },
      ...{
        django_admin_log: 'action_time object_repr',
        django_site: 'domain',
        auth_permission: 'codename content_type_id',
      },
      ...{
        auth_group: 'name',
        auth_group_permissions: 'group_id permission_id',
        auth_user: 'username is_superuser date_joined',
      },
      ...{ auth_user_groups: 'user_id group_id', auth_user_user_permissions: 'user_id permission_id' },
    },
  ],
  [
    'PostGIS',
    {
      spatial_ref_sys: 'srid proj4text',
      topology: 'srid precision hasz',
      layer: 'topology_id layer_id feature_column',
    },
  ],
  ['pg_partman', { part_config: 'parent_table control', part_config_sub: 'sub_parent sub_control' }],
]

const BY_NAME = Map.groupBy(
  TOOLS.flatMap(([tool, tables]) =>
    Object.entries(tables).map(([name, columns]) => ({ tool, name, columns: columns.split(' ') })),
  ),
  ({ name }) => name,
)

/** The tool whose table this is; undefined for any other table, also where only its name is the same. */
export function toolOf({ name, columns }: Pick<Table, 'name' | 'columns'>): string | undefined {
  const named = BY_NAME.get(name.toLowerCase())
  if (named === undefined) return undefined
  const own = new Set(columns.map((column) => column.name.toLowerCase()))
  const fitting = named.filter((known) => known.columns.every((column) => own.has(column)))
  // Of two tools with a table of this name, the one of which more is recognised.
  return fitting.toSorted((a, b) => b.columns.length - a.columns.length)[0]?.tool
}
