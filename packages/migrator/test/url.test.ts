/** What is read out of the text of a database URL, and which texts are refused without repeating a piece of them. */
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { takeApart, type UrlParts } from '../src/database/url.ts'
import { errorDocument } from '../src/report/error.ts'
import { withoutUrls } from '../src/report/given-urls.ts'
import { told } from './told.ts'

const read = (text: string) => takeApart('DATABASE_URL', text)

const EMPTY: UrlParts = { user: '', password: '', hosts: [{ host: '', port: '' }], database: '', parameters: [] }

describe('a URL that says one thing only is taken apart', () => {
  test.each<[text: string, parts: Partial<UrlParts>]>([
    ['postgresql://', {}],
    ['postgres://localhost/veza', { hosts: [{ host: 'localhost', port: '' }], database: 'veza' }],
    ['postgresql://me@', { user: 'me' }],
    ['postgresql://me:@h', { user: 'me', hosts: [{ host: 'h', port: '' }] }],
    ['postgresql://:word@h', { password: 'word', hosts: [{ host: 'h', port: '' }] }],
    [
      'postgresql://m%40e:p%40%2F%3F%23%25%3A%20s@h:1',
      { user: 'm@e', password: 'p@/?#%: s', hosts: [{ host: 'h', port: '1' }] },
    ],
    ['postgresql://me:a:b@h', { user: 'me', password: 'a:b', hosts: [{ host: 'h', port: '' }] }],
    [
      "postgresql://me:a+b!$&'()*,;=~[]^{|}ä@h",
      { user: 'me', password: "a+b!$&'()*,;=~[]^{|}ä", hosts: [{ host: 'h', port: '' }] },
    ],
    ['postgresql:///d', { database: 'd' }],
    ['postgresql://h/a%2Fb%20c%25', { hosts: [{ host: 'h', port: '' }], database: 'a/b c%' }],
    [
      'postgresql://h:1,,[::1]:65535',
      {
        hosts: [
          { host: 'h', port: '1' },
          { host: '', port: '' },
          { host: '::1', port: '65535' },
        ],
      },
    ],
    ['postgresql://%2Frun%2Fpg:5433/d', { hosts: [{ host: '/run/pg', port: '5433' }], database: 'd' }],
    [
      'postgresql:///d?host=/run/pg&options=-c%20a%3Db+c',
      {
        database: 'd',
        parameters: [
          ['host', '/run/pg'],
          ['options', '-c a=b+c'],
        ],
      },
    ],
  ])('%s', (text, parts) => {
    expect(read(text)).toEqual({ ...EMPTY, ...parts })
  })

  test('so that any names and passwords come back from their encoded form', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'))
    const host = fc.constantFrom('h', '::1', '/run/pg', 'db.example').map((name) => ({ host: name, port: '5432' }))
    const part = fc.record({ user: text, password: text, database: text, hosts: fc.array(host, { minLength: 1 }) })
    fc.assert(
      fc.property(part, fc.array(fc.tuple(text, text)), ({ user, password, database, hosts }, parameters) => {
        const e = encodeURIComponent
        const places = hosts.map((one) => (one.host === '::1' ? '[::1]:5432' : `${e(one.host)}:5432`))
        const query = parameters.map(([name, value]) => `${e(name)}=${e(value)}`).join('&')
        const url = `postgresql://${e(user)}:${e(password)}@${places}/${e(database)}${query === '' ? '' : `?${query}`}`
        expect(read(url)).toEqual({ user, password, hosts, database, parameters })
      }),
    )
  })
})

describe('a text that is no URL, or could be read in two ways, is refused', () => {
  const SECRET = 'top-secret-42'

  test.each([
    ['scheme', ''],
    ['scheme', 'veza'],
    ['scheme', 'localhost:5432/veza'],
    ['scheme', `mysql://me:${SECRET}@localhost/veza`],
    ['scheme', `host=localhost password=${SECRET}`],
    ['scheme', ` postgresql://me:${SECRET}@localhost/veza`],
    ['invisible', `postgresql://me:${SECRET} more@localhost/veza`],
    ['invisible', `postgresql://me:${SECRET}@localhost/veza\n`],
    ['delimiter', `postgresql://me:${SECRET}@more@localhost/veza`],
    ['delimiter', `postgresql://me:word@${SECRET}@localhost/veza`],
    ['delimiter', `postgresql://me:1/${SECRET}@localhost/veza`],
    ['delimiter', `postgresql://me:1?${SECRET}@localhost/veza`],
    ['delimiter', `postgresql://me:1?${SECRET}=2@localhost/veza`],
    ['delimiter', `postgresql://me:word#${SECRET}@localhost/veza`],
    ['delimiter', `postgresql://me:word@localhost/veza?password=word#${SECRET}`],
    ['delimiter', `postgresql://me@localhost/veza?password=word@${SECRET}`],
    ['percent', `postgresql://me:${SECRET}%@localhost/veza`],
    ['percent', `postgresql://me:${SECRET}%4@localhost/veza`],
    ['percent', `postgresql://me:${SECRET}%ff@localhost/veza`],
    ['percent', `postgresql://me:${SECRET}%00@localhost/veza`],
    ['percent', `postgresql://me@localhost/veza?password=${SECRET}%`],
    ['percent', `postgresql://me@local%host`],
    ['host', `postgresql://me:${SECRET}@[localhost]/veza`],
    ['host', `postgresql://me:${SECRET}@local%0ahost/veza`],
    ['port', `postgresql://me:${SECRET}@localhost:port/veza`],
    ['port', `postgresql://me:${SECRET}@localhost:0/veza`],
    ['port', `postgresql://me:${SECRET}@localhost:65536/veza`],
    ['host', `postgresql://me:${SECRET}@::1/veza`],
    ['port', `postgresql://me:${SECRET}`],
  ])('%s: %j', async (flaw, text) => {
    const error = await Promise.resolve(text)
      .then(read)
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ name: 'InvalidDatabaseUrlError', exitCode: 2, source: 'DATABASE_URL', flaw })
    const shown = [error.message, JSON.stringify(errorDocument(error)), inspect(error, { depth: 9, showHidden: true })]
    expect(shown.join('\n')).not.toContain(SECRET)
  })

  test('with what is wrong, where, and how it is written', async () => {
    const texts = [
      'x',
      'postgresql:// ',
      'postgresql://a@b@c',
      'postgresql://%',
      'postgresql://[x]',
      'postgresql://h:x',
    ]
    const messages = await Promise.all(texts.map((text) => told(() => read(text))))
    expect(messages.map((message) => message.split('\n')[0]).join('\n')).toMatchInlineSnapshot(`
      "DATABASE_URL is not a PostgreSQL URL that can be used: it does not begin with postgresql:// or postgres://. It is not repeated here, since it may hold a password.
      DATABASE_URL is not a PostgreSQL URL that can be used: it has a space, a line break or another character that cannot be seen. It is not repeated here, since it may hold a password.
      DATABASE_URL is not a PostgreSQL URL that can be used: it has an @, /, ? or # that is not percent-encoded where a password may stand, so its parts cannot be told apart. It is not repeated here, since it may hold a password.
      DATABASE_URL is not a PostgreSQL URL that can be used: it has a % that does not begin a percent-encoded character. It is not repeated here, since it may hold a password.
      DATABASE_URL is not a PostgreSQL URL that can be used: it has a host that is none; an IPv6 address stands in brackets. It is not repeated here, since it may hold a password.
      DATABASE_URL is not a PostgreSQL URL that can be used: it has a port that is not a number from 1 to 65535. It is not repeated here, since it may hold a password."
    `)
    expect(messages[0]).toMatchInlineSnapshot(`
      "DATABASE_URL is not a PostgreSQL URL that can be used: it does not begin with postgresql:// or postgres://. It is not repeated here, since it may hold a password.
      Write it as postgresql://user:password@host:5432/database, with special characters percent-encoded: %40 for @, %2F for /, %3F for ?, %23 for #, %25 for %, %20 for a space."
    `)
  })
})

test('a URL in a wrong place of a command line is taken out of what is said about it', () => {
  const url = 'postgres://me:a b@c@h/d'
  expect(withoutUrls([url], `unknown command '${url}'`)).toBe("unknown command '(a URL, not repeated here)'")
  expect(withoutUrls([`--databse-url=${url}`], `unknown option '--databse-url=${url}'`)).toBe(
    "unknown option '--databse-url=(a URL, not repeated here)'",
  )
  expect(withoutUrls([url], 'no folder /work/postgres:/me:a b@c@h/d')).toBe(
    'no folder /work/(a URL, not repeated here)',
  )
  expect(withoutUrls(['--to', 'host=db password=a b'], '--to host=db password=a b')).toBe(
    '--to host=db (a URL, not repeated here)',
  )
  expect(withoutUrls(['up'], `${url}`)).toBe(url)
})
