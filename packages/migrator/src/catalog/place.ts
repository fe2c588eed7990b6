/**
 * How an object is named. In the home schema, which is public unless another was asked for, its name stands alone, elsewhere with its
 * schema before it. Pure.
 */
import { quoted } from '../sql/names.ts'

export const HOME = 'public'

interface Named {
  readonly schema?: string
  readonly name: string
}

/** For people and for look-ups, unquoted: `users`, `billing.invoices`. Unique within one catalogue for each kind of object. */
export const placeOf = ({ schema = HOME, name }: Named, home: string = HOME): string =>
  schema === home ? name : `${schema}.${name}`

/** As a statement of SQL has to write it: `users`, `billing."Invoices"`. Names of public stand alone. */
export const sqlName = ({ schema = HOME, name }: Named): string =>
  schema === HOME ? quoted(name) : `${quoted(schema)}.${quoted(name)}`
