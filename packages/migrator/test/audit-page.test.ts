/** What the HTML page holds of the findings, and what its script makes of them, without a browser. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printableText } from '../src/audit/formats/printable.ts'
import { matching, NO_FILTER, searchTexts } from '../src/audit/page/filter.ts'
import { findingAt } from '../src/audit/page/findings.ts'
import { findingsSection } from '../src/audit/page/findings-section.ts'
import { countOf, type Group, grouped } from '../src/audit/page/groups.ts'
import { stepFor } from '../src/audit/page/keys.ts'
import { findingId, linesOf } from '../src/audit/page/lines.ts'
import { packed } from '../src/audit/page/pack.ts'
import { printShares } from '../src/audit/page/print-shares.ts'
import { type AuditFinding, NO_DOMAIN, placeText } from '../src/audit/report.ts'
import { CONFIDENCES, STAKES } from '../src/rules/finding.ts'
import { rules } from '../src/rules/list.ts'
import { manyFindings } from './many-findings.ts'

const DOMAINS = ['core', 'auth']

function finding(some: Partial<AuditFinding>): AuditFinding {
  return {
    rule: 'fk-index',
    table: 'users',
    column: 'email',
    found: 'no index',
    expected: 'an index',
    remedy: 'CREATE INDEX ON users (email);',
    severity: 'error',
    confidence: 'high',
    stake: 'outage',
    owner: 'core',
    known: false,
    id: '0',
    ...some,
  }
}

const indexesOf = ({ count }: { readonly count: number }) => Array.from({ length: count }, (_, at) => at)

describe('findings in the page', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', 'b', '.', '$', '&', '\u0001', '\u0002', '\u202e', '\n') }),
  )
  const any = fc.record({
    rule: fc.constantFrom(...rules.map(({ name }) => name)),
    table: fc.option(text),
    column: fc.option(text),
    owner: fc.option(fc.constantFrom(...DOMAINS)),
    found: text,
    expected: text,
    remedy: text,
    severity: fc.constantFrom('error' as const, 'warning' as const),
    confidence: fc.constantFrom(...CONFIDENCES),
    stake: fc.constantFrom(...STAKES),
    known: fc.boolean(),
    pattern: fc.option(text, { nil: undefined }),
  })
  /** Line ends beside each other are one space; where a name begins or ends between them, they are two. */
  const spaces = (words: string) => words.replaceAll(/\s+/g, ' ')

  test('come out as they went in, with every character that nobody sees shown', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), (some) => {
        const all = packed(some, DOMAINS)
        expect(all.count).toBe(some.length)
        for (const [at, one] of some.entries()) {
          const { rule, place, found, expected, remedy, ...rest } = findingAt(JSON.parse(JSON.stringify(all)), at)
          expect({ rule: rule.name, ...rest }).toEqual({
            rule: one.rule,
            severity: one.severity,
            confidence: one.confidence,
            stake: one.stake,
            known: one.known,
            domain: one.owner ?? NO_DOMAIN,
          })
          const shown = (words: string) => spaces(printableText(words))
          expect(spaces(place)).toBe(shown(placeText(one)))
          expect([found, expected, remedy].map(spaces)).toEqual([one.found, one.expected, one.remedy].map(shown))
        }
      }),
    )
  })

  test('share what differs in the names alone', () => {
    const all = packed(manyFindings(1800), DOMAINS)
    const names = new Set([...all.fields.table, ...all.fields.column, ...all.fields.domain])
    const templates = new Set([...all.fields.found, ...all.fields.expected, ...all.fields.remedy])
    expect(names.size).toBeGreaterThan(100)
    expect(templates.size).toBeLessThan(20)
  })

  test('a name with the signs of a replacement in it stays that name', () => {
    const all = packed([finding({ table: "$&$1$'", found: "table $&$1$' is large" })], DOMAINS)
    expect(findingAt(all, 0).found).toBe("table $&$1$' is large")
  })
})

describe('the section of the list', () => {
  const sectionOf = (...findings: AuditFinding[]) => findingsSection({ findings, domains: DOMAINS })
  const choicesOf = (html: string, name: string) => {
    const [, options] = new RegExp(`<select name="${name}">(.*?)</select>`).exec(html) ?? []
    return options && [...options.matchAll(/<option value="(.*?)">/g)].map(([, value]) => value)
  }

  test('begins with what is new where a baseline is given and something is new', () => {
    expect(choicesOf(sectionOf(finding({})), 'status')).toBeUndefined()
    expect(choicesOf(sectionOf(finding({}), finding({ known: true })), 'status')).toEqual(['new', 'known', ''])
    expect(choicesOf(sectionOf(finding({ known: true })), 'status')).toEqual(['', 'new', 'known'])
  })

  test('offers only what there is', () => {
    const html = sectionOf(finding({}), finding({ rule: 'secret', stake: 'exposure', owner: null }))
    expect(choicesOf(html, 'rule')).toEqual(['', 'fk-index', 'secret'])
    expect(choicesOf(html, 'domain')).toEqual(['', 'core', NO_DOMAIN])
    expect(choicesOf(html, 'stake')).toEqual(['', 'exposure', 'outage'])
    expect(choicesOf(html, 'confidence')).toEqual(['', 'high', 'medium'])
  })

  test('holds data that no name can end', () => {
    const html = sectionOf(finding({ table: '</script><script>alert(1)</script>' }))
    const [, data] = /<script type="application\/json" id="finder-data">(.*?)<\/script>/.exec(html)!
    expect(html.match(/<script/g)).toHaveLength(1)
    expect(findingAt(JSON.parse(data!), 0).place).toBe('</script><script>alert(1)</script>.email')
  })
})

describe('filters', () => {
  const all = packed(
    [
      finding({ remedy: 'DROP INDEX users_old;' }),
      finding({ table: 'sessions', severity: 'warning', owner: 'auth', confidence: 'low' }),
      finding({ table: 'old', rule: 'secret', stake: 'exposure', owner: null, confidence: 'medium', known: true }),
      finding({ table: null, column: null, rule: 'naming', found: 'Schema "Üben"', severity: 'warning' }),
    ],
    DOMAINS,
  )
  const matches = (filter: Partial<typeof NO_FILTER>) => matching(all, searchTexts(all), { ...NO_FILTER, ...filter })

  test.each<[string, Partial<typeof NO_FILTER>, number[]]>([
    ['none', {}, [0, 1, 2, 3]],
    ['a word of the place', { words: 'sessions.em' }, [1]],
    ['a word of the remedy', { words: 'drop index' }, [0]],
    ['several words, of any field and in any case', { words: ' INDEX\tauth ' }, [1]],
    ['letters beyond ASCII', { words: 'üben' }, [3]],
    ['no word that fits', { words: 'nothing' }, []],
    ['the place of a finding without a table', { words: 'the database' }, [3]],
    ['a rule', { rule: 'secret' }, [2]],
    ['a domain', { domain: 'auth' }, [1]],
    ['no domain', { domain: NO_DOMAIN }, [2]],
    ['a domain that no finding has', { domain: 'streaming' }, []],
    ['a severity', { severity: 'warning' }, [1, 3]],
    ['a stake', { stake: 'exposure' }, [2]],
    ['at least medium confidence', { confidence: 'medium' }, [0, 2, 3]],
    ['high confidence', { confidence: 'high' }, [0, 3]],
    ['what is new', { status: 'new' }, [0, 1, 3]],
    ['what is known', { status: 'known' }, [2]],
    ['two at once', { severity: 'error', status: 'new' }, [0]],
  ])('%s', (_, filter, indexes) => {
    expect(matches(filter)).toEqual(indexes)
  })
})

describe('groups', () => {
  const pattern = 'indexes named idx_<table>'
  const all = packed(
    [
      finding({ rule: 'secret', table: 'tokens', known: true }),
      finding({ rule: 'fk-on-delete', table: 'posts', owner: 'auth' }),
      finding({ rule: 'naming', severity: 'warning', owner: null }),
      ...Array.from({ length: 4 }, () => finding({ rule: 'naming', severity: 'warning', pattern })),
      ...Array.from({ length: 3 }, () => finding({ rule: 'naming', severity: 'warning', pattern: 'a rare one' })),
    ],
    DOMAINS,
  )
  const drawn = (groups: readonly Group[], depth = ''): string[] =>
    groups.flatMap((group) => [
      `${depth}${group.title}: ${group.errors} + ${group.warnings}, ${group.known} known, alone ${group.findings.join(' ')}`,
      ...drawn(group.groups, `${depth}  `),
    ])

  test('by rule: in the order of the findings, of which the gravest comes first; findings with one pattern are a group of their own once they are more than three', () => {
    expect(drawn(grouped(all, indexesOf(all), 'rule'))).toMatchInlineSnapshot(`
      [
        "secret: 1 + 0, 1 known, alone 0",
        "fk-on-delete: 1 + 0, 0 known, alone 1",
        "naming: 0 + 8, 0 known, alone 2 7 8 9",
        "  indexes named idx_<table>: 0 + 4, 0 known, alone 3 4 5 6",
      ]
    `)
  })

  test('by table: the one with the most errors first', () => {
    expect(drawn(grouped(all, indexesOf(all), 'table'))).toMatchInlineSnapshot(`
      [
        "tokens: 1 + 0, 1 known, alone 0",
        "posts: 1 + 0, 0 known, alone 1",
        "users: 0 + 8, 0 known, alone 2 3 4 5 6 7 8 9",
      ]
    `)
  })

  test('by domain: in the order of the domains, each by rule', () => {
    expect(drawn(grouped(all, indexesOf(all), 'domain'))).toMatchInlineSnapshot(`
      [
        "core: 1 + 7, 1 known, alone ",
        "  secret: 1 + 0, 1 known, alone 0",
        "  naming: 0 + 7, 0 known, alone 7 8 9",
        "    indexes named idx_<table>: 0 + 4, 0 known, alone 3 4 5 6",
        "auth: 1 + 0, 0 known, alone ",
        "  fk-on-delete: 1 + 0, 0 known, alone 1",
        "no domain: 0 + 1, 0 known, alone ",
        "  naming: 0 + 1, 0 known, alone 2",
      ]
    `)
  })

  test('hold every finding once, whatever they are made by', () => {
    const many = packed(manyFindings(5000), DOMAINS)
    const members = ({ groups, findings }: Group): number[] => [...groups.flatMap(members), ...findings]
    for (const grouping of ['rule', 'table', 'domain'] as const) {
      const groups = grouped(many, indexesOf(many), grouping)
      expect(groups.flatMap(members).sort((a, b) => a - b)).toEqual(indexesOf(many))
      for (const group of groups) expect(members(group)).toHaveLength(countOf(group))
    }
  })

  describe('as lines', () => {
    const groups = grouped(all, indexesOf(all), 'rule')
    const naming = groups.at(-1)!

    test('only what is inside an open group is a line, with its place among its siblings', () => {
      expect(linesOf(groups, () => false).map(({ id, position, siblings }) => [id, position, siblings])).toEqual(
        groups.map(({ id }, at) => [id, at + 1, 3]),
      )
      const open = linesOf(groups, (id) => id === naming.id)
      expect(open.slice(3).map(({ kind, level, position, siblings }) => [kind, level, position, siblings])).toEqual([
        ['group', 2, 1, 5],
        ['finding', 2, 2, 5],
        ['finding', 2, 3, 5],
        ['finding', 2, 4, 5],
        ['finding', 2, 5, 5],
      ])
    })

    test('have names of their own', () => {
      const lines = linesOf(grouped(all, indexesOf(all), 'domain'), () => true)
      expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
    })

    test.each<[key: string, at: number, step: unknown]>([
      ['ArrowDown', 0, { to: 1 }],
      ['ArrowDown', 7, { to: 7 }],
      ['ArrowUp', 0, { to: 0 }],
      ['PageDown', 1, { to: 5 }],
      ['PageUp', 2, { to: 0 }],
      ['Home', 5, { to: 0 }],
      ['End', 0, { to: 7 }],
      ['Enter', 0, { open: true }],
      [' ', 2, { open: false }],
      ['ArrowRight', 0, { open: true }],
      ['ArrowRight', 2, { to: 3 }],
      ['ArrowRight', 4, { open: true }],
      ['ArrowRight', 7, { to: 7 }],
      ['ArrowLeft', 2, { open: false }],
      ['ArrowLeft', 5, { to: 2 }],
      ['ArrowLeft', 0, { to: 0 }],
      ['ArrowLeft', 7, { open: false }],
      ['a', 0, undefined],
      ['Tab', 0, undefined],
    ])('%s at line %i', (key, at, step) => {
      const last = findingId(naming.findings.at(-1)!)
      const isOpen = (id: string) => id === naming.id || id === last
      expect(stepFor(key, { lines: linesOf(groups, isOpen), at, isOpen, page: 4 })).toEqual(step)
    })
  })
})

describe('on paper', () => {
  test.each<[counts: number[], most: number, shares: number[]]>([
    [[3, 2], 10, [3, 2]],
    [[100, 2, 100], 12, [5, 2, 5]],
    [[180_000, 1], 1000, [999, 1]],
    [[5, 5, 5], 2, [0, 1, 1]],
    [[], 10, []],
  ])('of %j findings at most %i are printed', (counts, most, shares) => {
    expect(printShares(counts, most)).toEqual(shares)
  })
})

describe('colours', () => {
  const css = readFileSync(new URL('../src/audit/page/client/page.css', import.meta.url), 'utf8')
  const [light = '', dark = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, inside]) => inside)
  const colours = (text: string) =>
    new Map([...text.matchAll(/--(\w+): (#\w+);/g)].map(([, name, value]) => [name!, value!]))

  /** Relative luminance and contrast as WCAG 2.2 defines them. */
  const luminance = (hex: string): number => {
    const full = hex.length === 4 ? hex.replace(/\w/g, '$&$&') : hex
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(full.slice(at, at + 2), 16) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
  }
  const contrast = (one: string, other: string): number => {
    const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (lighter! + 0.05) / (darker! + 0.05)
  }

  test.each([
    ['light', light],
    ['dark', dark],
  ])('can be read: %s', (_, text) => {
    const own = colours(text)
    for (const ink of ['ink', 'soft', 'accent', 'error', 'warning'])
      for (const paper of ['paper', 'raised'])
        expect(contrast(own.get(ink)!, own.get(paper)!), `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5)
  })
})
