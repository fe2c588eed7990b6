/**
 * The replay's catalogue with the owners and grants that the live database should have. Pure. What differs from it is drift; what may differ
 * does not, since it comes from the live database itself:
 * - The replay runs as a superuser of its own. In the live database the objects belong to whoever owns most of them, and an object of another
 *   role differs.
 * - The script of `grants` gives rights to the roles that it makes, and takes from PUBLIC what PostgreSQL gives everybody. Whether it was run is
 *   not asked here (that is `grants --check`), only whether somebody may do more.
 */
import { placeOf } from '../../catalog/place.ts'
import type { Catalog, DatabaseObject, Grant, Owned } from '../../catalog/types.ts'
import type { Makers, ObjectKind } from '../../replay/makers.ts'
import { type AllowedRights, type Allows, allowedRights } from './allowed-rights.ts'

interface Given {
  readonly catalog: Catalog
  readonly makers: Makers
  readonly live: Catalog
  /** All domains of the workspace, whether or not they have been applied. */
  readonly domains: readonly string[]
}

export function expectedRights({ catalog, makers, live, domains }: Given): Catalog {
  const owners = { here: mostCommonOwner(live), there: mostCommonOwner(catalog) }
  const allowed = allowedRights({ owner: owners.here, domains, makers })
  const each = <T extends Owned & { readonly name: string }>(
    kind: ObjectKind,
    theirs: readonly T[],
    ours: readonly T[],
    { nameOf = ({ name }: T) => name, allows }: { nameOf?: (one: T) => string; allows: (one: T, at: string) => Allows },
  ): T[] => {
    const byPlace = new Map(ours.map((one) => [placeOf({ ...one, name: nameOf(one) }, live.home), one]))
    return theirs.map((one) => {
      const place = placeOf({ ...one, name: nameOf(one) }, catalog.home)
      const found = byPlace.get(place)
      if (found === undefined) return one
      return { ...one, ...rightsOf(one, found, { ...owners, allows: allows(one, place), usual: USUAL[kind] }) }
    })
  }
  return {
    ...catalog,
    tables: each('relation', catalog.tables, live.tables, { allows: allowed.onTable }),
    views: each('relation', catalog.views, live.views, { allows: allowed.onView }),
    sequences: each('relation', catalog.sequences, live.sequences, { allows: allowed.onSequence }),
    functions: each('function', catalog.functions, live.functions, {
      nameOf: ({ signature }) => signature,
      allows: allowed.onRoutine,
    }),
    types: each('type', catalog.types, live.types, { allows: () => NOTHING }),
    ...(catalog.objects && { objects: catalog.objects.map((one) => placeRights(one, { live, allowed, owners })) }),
  }
}

const NOTHING: Allows = () => false

/** What PostgreSQL gives everybody, and what may be taken from everybody. */
const USUAL: Readonly<Partial<Record<ObjectKind, readonly string[]>>> = { function: ['EXECUTE'], type: ['USAGE'] }
const USUAL_PLACES: Readonly<Record<string, readonly string[]>> = {
  database: ['CONNECT', 'TEMPORARY'],
  schema: ['USAGE'],
}

interface Ruled {
  readonly here: string | undefined
  readonly there: string | undefined
  readonly allows: Allows
  readonly usual?: readonly string[] | undefined
}

function rightsOf(expected: Owned, found: Owned, { here, there, allows, usual = [] }: Ruled): Owned {
  const owner = expected.owner === there ? here : expected.owner
  const roles = [...new Set([...(expected.grants ?? []), ...(found.grants ?? [])].map(({ to }) => to))].sort()
  const has = ({ grants = [] }: Owned, role: string) => grants.find(({ to }) => to === role)?.privileges ?? []
  const grants = roles.flatMap((role): Grant[] => {
    const live = has(found, role)
    const granted = has(expected, role).filter(
      (privilege) => role !== 'PUBLIC' || !usual.includes(privilege) || live.includes(privilege),
    )
    const privileges = [...new Set([...granted, ...live.filter((privilege) => allows(role, privilege))])].sort()
    return privileges.length === 0 ? [] : [{ to: role, privileges }]
  })
  return { ...(owner !== undefined && { owner }), ...(expected.grants && { grants }) }
}

interface Place {
  readonly live: Catalog
  readonly allowed: AllowedRights
  readonly owners: { readonly here: string | undefined; readonly there: string | undefined }
}

function placeRights(one: DatabaseObject, { live, allowed, owners }: Place): DatabaseObject {
  const found = live.objects?.find(
    ({ kind, name, table }) => kind === one.kind && name === one.name && table === one.table,
  )
  if (found?.owner === undefined) return one
  const usual = USUAL_PLACES[one.kind] ?? []
  const allows: Allows = (role, privilege) =>
    allowed.onPlace(one.kind, role, privilege) ||
    // Before version 15 everybody could make objects in public.
    (live.serverVersionNumber < 150_000 && one.kind === 'schema' && role === 'PUBLIC' && privilege === 'CREATE')
  const rights = rightsOf(one, found, { ...owners, allows, usual })
  if (one.kind === 'schema' && one.name !== 'public') return { ...one, ...rights }
  const mayOwn = [
    ...['pg_database_owner', owners.here],
    // Who made the server made the schema public, before version 15.
    ...(live.objects ?? [])
      .filter(({ kind, name }) => kind === 'database' || name === 'plpgsql')
      .map(({ owner }) => owner),
  ]
  const isUsual = one.kind !== 'schema' || mayOwn.includes(found.owner)
  return { ...one, ...rights, owner: isUsual ? found.owner : (owners.here ?? 'pg_database_owner') }
}

/** Of the objects that the migrator looks after; where two own as many, the first by name. */
function mostCommonOwner({ tables, views, functions, types, sequences }: Catalog): string | undefined {
  const own = [...tables, ...views, ...functions, ...types, ...sequences].filter(({ extension }) => extension === null)
  const counts = Map.groupBy(
    own.flatMap(({ owner }) => owner ?? []),
    (owner) => owner,
  )
  return [...counts].sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))[0]?.[0]
}
