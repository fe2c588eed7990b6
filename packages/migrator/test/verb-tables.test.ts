/** The tables of verbs in the two READMEs, held against the verbs and their options. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from '@commander-js/extra-typings'
import { describe, expect, test } from 'vitest'
import { commonOptions } from '../src/common-options.ts'
import { verbs } from '../src/verbs.ts'
import { REPOSITORY } from './fixture-workspace.ts'

/** The rows of the table that begins with `| verb |`: the verb, and the options that its row names. */
function rowsOf(page: string): { verb: string; options: string[] }[] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8')
  const table = /^\| verb \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)/m.exec(text)![1]!
  return table
    .trimEnd()
    .split('\n')
    .map((row) => ({
      verb: /^\| `(\w+)`/.exec(row)![1]!,
      options: [...row.matchAll(/--[a-z-]+/g)].map(([option]) => option),
    }))
}

describe.each(['README.md', 'packages/migrator/README.md'])('the table of verbs in %s', (page) => {
  const rows = rowsOf(page)

  test('has each verb once', () => {
    expect(rows.map(({ verb }) => verb).sort()).toEqual(verbs.map(({ name }) => name).sort())
  })

  test.each(rows)('names options of $verb that there are', async ({ verb, options }) => {
    const { load } = verbs.find(({ name }) => name === verb)!
    const declared = (await load()).options(commonOptions(new Command(verb))).options.map(({ long }) => long)
    expect(options.filter((option) => !declared.includes(option))).toEqual([])
  })
})
