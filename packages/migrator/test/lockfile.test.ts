import { describe, expect, test } from 'vitest'
import {
  EditedMigrationError,
  LockedWithoutFileError,
  LockfileDuplicateError,
  LockfileOrderError,
  LockfileSyntaxError,
  UnlockedMigrationError,
} from '../src/workspace/errors.ts'
import { buildGraph } from '../src/workspace/graph.ts'
import {
  appendOrder,
  formatLockfile,
  parseLockfile,
  verifyChecksums,
  verifyLockfile,
} from '../src/workspace/lockfile.ts'
import { checksumOf, orderOf } from './values.ts'

//   core <- auth <- chat
//   core <- social
const graph = buildGraph([
  { name: 'core', dependencies: [] },
  { name: 'auth', dependencies: ['core'] },
  { name: 'chat', dependencies: ['auth'] },
  { name: 'social', dependencies: ['core'] },
])
const line = (id: string): string => `${id} ${checksumOf(id)}`
const lines = (...ids: readonly string[]) => ids.map((id) => ({ id, checksum: checksumOf(id) }))

describe('reading', () => {
  test('keeps the order of the lines', () => {
    expect(parseLockfile(`${line('core/001_a')}\n${line('auth/001_b')}\n`)).toEqual(lines('core/001_a', 'auth/001_b'))
  })

  test('takes an empty file for an empty plan', () => {
    expect(parseLockfile('')).toEqual([])
  })

  test('takes the line ends of any system, and a last line without one', () => {
    expect(parseLockfile(`${line('core/001_a')}\r\n${line('core/002_b')}`)).toEqual(lines('core/001_a', 'core/002_b'))
  })

  test.each([
    ['a conflict marker', '<<<<<<< HEAD'],
    ['an empty line', ''],
    ['no checksum', 'core/002_b'],
    ['a short checksum', 'core/002_b abc'],
    ['upper case', `core/002_B ${checksumOf('x')}`],
    ['two blanks', `core/002_b  ${checksumOf('x')}`],
    ['something behind', `core/002_b ${checksumOf('x')} # note`],
  ])('refuses %s, with its line', (_what, text) => {
    const reading = () => parseLockfile(`${line('core/001_a')}\n${text}\n${line('core/003_c')}\n`)
    expect(reading).toThrow(LockfileSyntaxError)
    expect(reading).toThrow(expect.objectContaining({ line: 2, text }))
  })

  test('refuses a migration that stands there twice, with both lines', () => {
    const reading = () => parseLockfile([line('core/001_a'), line('core/002_b'), line('core/001_a')].join('\n'))
    expect(reading).toThrow(LockfileDuplicateError)
    expect(reading).toThrow(expect.objectContaining({ id: 'core/001_a', lines: [1, 3] }))
  })

  test('gives back what was written', () => {
    const plan = lines('core/001_a', 'auth/001_b')
    expect(parseLockfile(formatLockfile(plan))).toEqual(plan)
    expect(formatLockfile(plan)).toBe(`${line('core/001_a')}\n${line('auth/001_b')}\n`)
    expect(formatLockfile([])).toBe('')
  })
})

describe('held against the files', () => {
  const verify = (locked: readonly string[], files: readonly string[] = locked) =>
    verifyLockfile(lines(...locked), orderOf(...files), graph).map(({ id }) => id)

  test('it gives the migrations in its own order, not the order of the files', () => {
    expect(verify(['core/001_a', 'social/001_s', 'core/002_b'], ['social/001_s', 'core/002_b', 'core/001_a'])).toEqual([
      'core/001_a',
      'social/001_s',
      'core/002_b',
    ])
  })

  test('a later migration of core may stand behind one of auth', () => {
    expect(verify(['core/001_a', 'auth/001_b', 'core/002_c', 'auth/002_d'])).toHaveLength(4)
  })

  test('a file without a line is refused, all of them in the order in which they would be appended', () => {
    const files = ['social/001_s', 'auth/002_c', 'auth/001_b', 'core/001_a']
    expect(() => verify(['core/001_a'], files)).toThrow(UnlockedMigrationError)
    expect(() => verify(['core/001_a'], files)).toThrow(
      expect.objectContaining({ ids: ['auth/001_b', 'auth/002_c', 'social/001_s'] }),
    )
  })

  test('a line without a file is refused, with the place where the file should be', () => {
    const verifying = () => verify(['core/001_a', 'core/002_b'], ['core/001_a'])
    expect(verifying).toThrow(LockedWithoutFileError)
    expect(verifying).toThrow(
      expect.objectContaining({ line: 2, file: 'packages/core-schema/src/migrations/002_b.ts' }),
    )
  })

  test('numbers of a domain that go down are refused, with both lines', () => {
    const verifying = () => verify(['core/002_b', 'auth/001_x', 'core/001_a'])
    expect(verifying).toThrow(LockfileOrderError)
    expect(verifying).toThrow(
      expect.objectContaining({ id: 'core/002_b', line: 1, dependency: 'core/001_a', dependencyLine: 3 }),
    )
  })

  test('a domain that begins before one that it needs is refused', () => {
    expect(() => verify(['auth/001_b', 'core/001_a'])).toThrow(
      expect.objectContaining({ id: 'auth/001_b', line: 1, dependency: 'core/001_a', dependencyLine: 2 }),
    )
  })

  test('a domain that begins before one that it needs through another is refused', () => {
    expect(() => verify(['chat/001_c', 'core/001_a', 'auth/001_b'])).toThrow(LockfileOrderError)
  })
})

test('an edited migration is refused with its line and file; the first one counts', async () => {
  const order = orderOf('core/001_a', 'core/002_b', 'core/003_c')
  const plan = lines('core/001_a', 'core/002_b', 'core/003_c')
  const editOf = async () => ({ by: 'file' }) as const
  await expect(verifyChecksums(plan, order, editOf)).resolves.toBeUndefined()
  const edited = order.map((one) => (one.number > 1 ? { ...one, checksum: checksumOf('edited') } : one))
  await expect(verifyChecksums(plan, edited, editOf)).rejects.toThrow(EditedMigrationError)
  await expect(verifyChecksums(plan, edited, editOf)).rejects.toThrow(
    expect.objectContaining({ id: 'core/002_b', line: 2, file: 'packages/core-schema/src/migrations/002_b.ts' }),
  )
})

test('new files are appended dependencies first, then by domain name, then by number', () => {
  const files = orderOf('social/001_s', 'chat/001_c', 'auth/010_z', 'auth/002_b', 'core/001_a')
  expect(appendOrder(files, graph).map(({ id }) => id)).toEqual([
    'core/001_a',
    'auth/002_b',
    'auth/010_z',
    'social/001_s',
    'chat/001_c',
  ])
})
