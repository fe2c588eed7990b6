/** The runbook has every failure that can stop a run in production, and names none that is not there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { declaredIn } from './errors-pinned.ts'
import { REPOSITORY } from './fixture-workspace.ts'

const text = readFileSync(join(REPOSITORY, 'docs/guides/when-it-goes-wrong.md'), 'utf8')
const named = new Set(text.match(/\b[A-Z]\w+Error\b/g))

/** The rooms whose errors somebody on call can meet; `.` is src/errors.ts. */
const ROOMS = ['.', 'bundle', 'database', 'plan', 'process', 'repair', 'run']

const classesOf = (room: string): string[] =>
  declaredIn(readFileSync(join(REPOSITORY, 'packages/migrator/src', room, 'errors.ts'), 'utf8'))
    .filter(({ isClass }) => isClass)
    .map(({ name }) => name)

test.each(ROOMS)('every error of the room %s is in it', (room) => {
  expect(classesOf(room).filter((name) => !named.has(name))).toEqual([])
})

test('every error that it names is one', () => {
  const known = new Set([...ROOMS, 'workspace'].flatMap(classesOf))
  expect([...named].filter((name) => !known.has(name))).toEqual([])
})

test('every part of it that it refers to is there', () => {
  const headings = new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, words]) =>
      words!
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
  const links = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, name]) => name!)
  expect(links.length).toBeGreaterThan(0)
  expect(links.filter((name) => !headings.has(name))).toEqual([])
})
