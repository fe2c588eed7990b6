/** Stands before user_roles: on the way down nobody holds a role any more when the roles go. */
import { type Kysely, sql } from 'kysely'

export const about = 'the six system roles and the permissions that each of them holds'

const roles = [
  { code: 'guest', name: 'Guest', level: 0, description: 'Listens to what is public, without an account.' },
  { code: 'user', name: 'User', level: 10, description: 'Has an account: keeps playlists, chats, joins rooms.' },
  { code: 'premium', name: 'Premium', level: 20, description: 'Subscribes: streams, high quality, large uploads.' },
  { code: 'moderator', name: 'Moderator', level: 50, description: 'Keeps order in chat and rooms.' },
  { code: 'admin', name: 'Administrator', level: 80, description: 'Manages users, rooms and settings.' },
  { code: 'super_admin', name: 'Super administrator', level: 100, description: 'May do everything.' },
] as const

type Role = (typeof roles)[number]['code']

/** What each role has of its own. It also holds what every lower role holds. */
const ownPermissions: Readonly<Record<Role, Readonly<Record<string, readonly string[]>>>> = {
  guest: { tracks: ['read'], public_rooms: ['read'] },
  user: {
    profile: ['read', 'update'],
    chat_messages: ['create', 'read'],
    rooms: ['join'],
    playlists: ['create', 'read', 'update', 'delete'],
  },
  premium: {
    premium_rooms: ['read', 'join'],
    streams: ['create', 'hq_quality'],
    files: ['upload_large'],
    analytics: ['read'],
  },
  moderator: {
    chat_messages: ['moderate', 'delete'],
    users: ['moderate', 'timeout', 'kick'],
    rooms: ['moderate'],
    reports: ['read', 'handle'],
  },
  admin: {
    users: ['read', 'update', 'ban', 'suspend'],
    rooms: ['create', 'delete'],
    settings: ['read', 'update'],
    analytics: ['full_access'],
    audit_logs: ['read'],
  },
  super_admin: { '*': ['*'] },
}

const permissionsOf = (role: Role) =>
  Object.entries(ownPermissions[role]).flatMap(([resource, actions]) => actions.map((action) => ({ resource, action })))
const permissions = roles.flatMap(({ code }) => permissionsOf(code))
const grants = roles.flatMap((holder) =>
  roles
    .filter(({ level }) => level <= holder.level)
    .flatMap(({ code }) => permissionsOf(code).map((permission) => ({ role: holder.code, ...permission }))),
)

export async function up(db: Kysely<any>): Promise<void> {
  await db
    .insertInto('roles')
    .values(roles.map((role) => ({ ...role, is_system: true })))
    .onConflict((conflict) => conflict.column('code').doNothing())
    .execute()
  await db
    .insertInto('permissions')
    .values(permissions)
    .onConflict((conflict) => conflict.columns(['resource', 'action']).doNothing())
    .execute()
  const rows = grants.map(({ role, resource, action }) => sql`(${role}, ${resource}, ${action})`)
  await sql`insert into role_permissions (role_id, permission_id)
select roles.id, permissions.id
from (values ${sql.join(rows)}) as granted (role, resource, action)
join roles on roles.code = granted.role
join permissions on permissions.resource = granted.resource and permissions.action = granted.action
on conflict (role_id, permission_id) do nothing`.execute(db)
}

export async function down(db: Kysely<any>): Promise<void> {
  // role_permissions follows: it cascades from both.
  const pairs = permissions.map(({ resource, action }) => sql`(${resource}, ${action})`)
  await sql`delete from permissions where (resource, action) in (${sql.join(pairs)})`.execute(db)
  const codes = roles.map(({ code }) => code)
  await db.deleteFrom('roles').where('code', 'in', codes).execute()
}
