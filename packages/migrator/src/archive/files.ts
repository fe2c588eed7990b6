/** Which files of a folder are SQL migrations, with version, title, checksum and first comment of each, and what stays. Only reads. */
import { createHash } from 'node:crypto'
import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { firstComment } from './about.ts'
import { type Left, whyLeft } from './left.ts'
import { inOrder } from './order.ts'
import { isMigrationFolder, type Naming, namingOf, numberOf } from './schemes.ts'

export interface LegacyFile extends Naming {
  /** `012_add_index.up.sql`, `20240131120000_users/migration.sql`: relative to the folder, with `/`. */
  readonly name: string
  /** The version as one whole number; null for `V1.2__x.sql` and `R__x.sql`. */
  readonly number: number | null
  readonly sha256: string
  readonly bytes: number
  /** The first comment line; null where there is none. */
  readonly about: string | null
}

/** The files in their order, see inOrder. `left`: files and folders that stay, sorted. */
export function listLegacy(folder: string): { files: LegacyFile[]; left: Left[] } {
  const files = new Map<string, LegacyFile>()
  const left: Left[] = []
  const look = (entry: Dirent, within: string, namingFor: (name: string) => Naming | undefined) => {
    const name = within === '' ? entry.name : `${within}/${entry.name}`
    // A name that is no UTF-8 is read with a stand-in for its bytes, and then there is no such file.
    const naming = entry.isFile() && existsSync(join(folder, name)) ? namingFor(name) : undefined
    if (naming === undefined) left.push({ name, reason: whyLeft(folder, name, entry) })
    else if (!files.has(name)) files.set(name, described(folder, name, naming))
  }
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const isOne = entry.isDirectory() && isMigrationFolder(entry.name)
    const inside = isOne ? readdirSync(join(folder, entry.name), { withFileTypes: true }) : []
    if (inside.length === 0) look(entry, '', namingOf)
    else for (const one of inside) look(one, entry.name, namingAmong(inside))
  }
  return { files: [...files.values()].sort(inOrder), left: left.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** Prisma has no down file of its own; its manual puts one named `down.sql` beside `migration.sql`. */
function namingAmong(inside: readonly Dirent[]): (name: string) => Naming | undefined {
  const isPrisma = inside.some(({ name }) => name.toLowerCase() === 'migration.sql')
  return (name) => {
    const naming = namingOf(name)
    return naming && isPrisma ? { ...naming, scheme: 'prisma' } : naming
  }
}

function described(folder: string, name: string, naming: Naming): LegacyFile {
  const content = readFileSync(join(folder, name))
  return {
    name,
    number: numberOf(naming.version),
    ...naming,
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
    about: firstComment(content.toString('utf8')),
  }
}
