import { expect, test } from 'vitest'
import { RoundTrips } from './round-trips.ts'

const letter = (kind: string, body = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(5)
  head.write(kind)
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}
const withoutLetter = (code: number): Buffer => {
  const bytes = Buffer.alloc(9)
  bytes.writeInt32BE(9, 0)
  bytes.writeInt32BE(code, 4)
  return bytes
}
const startup = withoutLetter(3 << 16)
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const login = letter('R', Buffer.alloc(4))
const password = letter('p', Buffer.from('proof'))
const ready = letter('Z', Buffer.from('I'))
const query = letter('Q', Buffer.from('select 1\0'))
const rows = Buffer.concat([letter('C', Buffer.from('SELECT 1\0')), ready])

/** What a client says in turn with what it is answered. */
function counted(exchanges: readonly (readonly [Buffer, ...Buffer[]])[]): number {
  const trips = new RoundTrips()
  return exchanges.reduce((total, [said, ...answers]) => {
    trips.sent(said)
    return answers.reduce((sum, answer) => sum + trips.answered(answer), total)
  }, 0)
}

test.each<[string, readonly (readonly [Buffer, ...Buffer[]])[]]>([
  ['trust', [[startup, Buffer.concat([login, ready])]]],
  [
    'SCRAM',
    [
      [startup, login],
      [password, login],
      [password, login, ready],
    ],
  ],
  [
    'a server without TLS, which is asked for it',
    [
      [sslRequest, Buffer.from('N')],
      [startup, login],
      [password, login, ready.subarray(0, 3), ready.subarray(3)],
    ],
  ],
])('a login by %s is one round trip, and each query behind it one more', (_, exchanges) => {
  expect(counted(exchanges)).toBe(1)
  expect(counted([...exchanges, [query, rows]])).toBe(2)
  expect(counted([...exchanges, [query, rows.subarray(0, 4), rows.subarray(4)], [query, rows]])).toBe(3)
})

test('once both sides have agreed on TLS, each exchange counts, since none can be read', () => {
  const opaque = Buffer.from([23, 3, 3, 0, 1, 0])
  expect(
    counted([
      [sslRequest, Buffer.from('S')],
      [opaque, opaque],
      [opaque, opaque],
    ]),
  ).toBe(3)
})

test('a goodbye that nobody answers is none', () => {
  expect(counted([[startup, Buffer.concat([login, ready])], [letter('X')]])).toBe(1)
})
