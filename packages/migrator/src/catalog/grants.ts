/** Who owns an object, and what others may do with it, as columns of a query over a catalogue. */
import type { QueryResultRow } from 'pg'
import type { Owned } from './types.ts'

interface Acl {
  /** The expression of the owner's oid. */
  readonly owner: string
  /** The expression of the list of grants; NULL = as PostgreSQL's default for its kind. */
  readonly list: string
  /** The kind for acldefault(): r relation, s sequence, f function, T type, n schema, d database. */
  readonly kind: 'r' | 's' | 'f' | 'T' | 'n' | 'd'
  /** For a relation: the expression of its oid, so that grants on its columns are read too. */
  readonly relation?: string
}

const granted = (list: string, owner: string, words: string): string =>
  `select case g.grantee when 0 then 'PUBLIC' else pg_get_userbyid(g.grantee)::text end as role,
      ${words} || case when g.is_grantable then ' WITH GRANT OPTION' else '' end as privilege
    from aclexplode(${list}) g where g.grantee <> ${owner}`

/** `owner` and `grants`. What the owner may do is left out: it can grant itself whatever it lacks. */
export function ownedBy({ owner, list, kind, relation }: Acl): string {
  const columns =
    relation === undefined
      ? ''
      : `union all select per_column.* from pg_attribute part, lateral (${granted('part.attacl', owner, "g.privilege_type || ' (' || quote_ident(part.attname) || ')'")}) per_column
      where part.attrelid = ${relation} and part.attacl is not null`
  return `pg_get_userbyid(${owner})::text as owner,
  (select coalesce(json_agg(json_build_object('to', per.role, 'privileges', per.privileges) order by per.role collate "C"), '[]')
    from (select own.role, json_agg(own.privilege order by own.privilege collate "C") as privileges
      from (${granted(`coalesce(${list}, acldefault('${kind}', ${owner}))`, owner, 'g.privilege_type')} ${columns}) own
      group by own.role) per) as grants`
}

export const toOwned = ({ schema, owner, grants }: QueryResultRow): Required<Owned> => ({ schema, owner, grants })
