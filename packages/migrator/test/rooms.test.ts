/** The house is as the map says: every file has a room, every arrow goes down, and no files import each other in a circle. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { HOUSE } from './rooms.ts'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

interface Arrow {
  readonly from: string
  readonly to: string
}

const files = globSync('**/*.ts', { cwd: SRC }).sort()
const roomOf = (file: string): string =>
  file.includes('/') ? (file.split('/')[0] as string) : file.slice(0, -'.ts'.length)
const floors = new Map(HOUSE.flatMap((rooms, floor) => rooms.map(({ name }) => [name, floor] as const)))

/** Types and modules that are loaded on demand count as well: whoever reads the file has to know them. */
const arrows: readonly Arrow[] = files.flatMap((from) =>
  ts
    .preProcessFile(readFileSync(join(SRC, from), 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({ from, to: join(dirname(from), specifier) })),
)

test('every file is in a room of the map, and every room of the map is there', () => {
  expect([...new Set(files.map(roomOf))].sort()).toEqual([...floors.keys()].sort())
})

test('a room imports only from the rooms below it', () => {
  const floorOf = (file: string): number => floors.get(roomOf(file)) ?? Number.NaN
  const wrong = arrows.filter(({ from, to }) => roomOf(from) !== roomOf(to) && !(floorOf(from) < floorOf(to)))
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
})

test('no files import each other in a circle', () => {
  expect(circles(arrows)).toEqual([])
})

test('an error class stands in the errors.ts of its room', () => {
  const astray = files.filter(
    (file) => !file.endsWith('errors.ts') && /^export class \w+Error\b/m.test(readFileSync(join(SRC, file), 'utf8')),
  )
  expect(astray).toEqual([])
})

test('a verb prints nothing and reaches for no stream: it answers with a report, and the command line prints', () => {
  const printing = /\bprocess\b|\bconsole\b|\breadline\b|report\/(output|ask)\.ts/
  const found = files
    .filter((file) => file.startsWith('commands/') || file === 'verb.ts')
    .filter((file) => printing.test(readFileSync(join(SRC, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')))
  expect(found).toEqual([])
})

test('only the command line prints, and what is shown is made without streams', () => {
  const importers = (file: string) => arrows.filter(({ to }) => to === file).map(({ from }) => from)
  expect(importers('report/ask.ts')).toEqual(['cli.ts'])
  const streams = /\bprocess\.std(out|err|in)\b|\bconsole\./
  const printing = files.filter((file) => streams.test(readFileSync(join(SRC, file), 'utf8')))
  // The text that bundle/head.ts writes into a bundle speaks where Node is too old to reach the command line.
  expect(printing).toEqual(['bundle/head.ts', 'cli.ts'])
})

test('a circle and an arrow up are found', () => {
  const pair = (from: string, to: string): Arrow => ({ from, to })
  expect(circles([pair('a', 'b'), pair('b', 'c'), pair('c', 'a'), pair('c', 'd')])).toEqual(['a -> b -> c -> a'])
  expect(circles([pair('a', 'b'), pair('a', 'c'), pair('b', 'c')])).toEqual([])
})

/** Each circle once, from where it was first entered. */
function circles(all: readonly Arrow[]): string[] {
  const targets = Map.groupBy(all, ({ from }) => from)
  const done = new Set<string>()
  const path: string[] = []
  const found: string[] = []
  const visit = (file: string): void => {
    const at = path.indexOf(file)
    if (at >= 0) found.push([...path.slice(at), file].join(' -> '))
    if (at >= 0 || done.has(file)) return
    path.push(file)
    for (const { to } of targets.get(file) ?? []) visit(to)
    path.pop()
    done.add(file)
  }
  for (const file of targets.keys()) visit(file)
  return found
}
