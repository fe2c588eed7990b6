/** Random texts for fast-check: whole statements with what is hard to read between and inside of them, then spoiled here and there. */
import fc from 'fast-check'

const oneOf = (...choices: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...choices)

/** What begins, ends or looks like something else. */
const MARKS: readonly string[] = [
  ...[
    "'",
    "''",
    '"',
    '""',
    '$',
    '$$',
    '$a$',
    '$1',
    '\\',
    "\\'",
    '--',
    '/*',
    '*/',
    '-',
    '/',
    '*',
    '+',
    '(',
    ')',
    ';',
    ':',
    '.',
    ',',
  ],
  ...[
    "E'",
    "e'",
    "B'",
    "x'",
    "N'",
    "U&'",
    'U&"',
    'U&',
    '\n',
    '\r',
    '\t',
    '\v',
    '\f',
    ' ',
    '\u00a0',
    '\ufeff',
    'é',
    'K',
    '日',
    '😀',
  ],
  ...[
    'a',
    'a$',
    '1',
    '1.',
    '.5e-1',
    'commit',
    '; commit;',
    'begin',
    'end',
    'atomic',
    'begin atomic',
    'select',
    'as',
    '::',
    ':=',
    '@-',
  ],
]

const noise = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(oneOf(...MARKS), { maxLength }).map((marks) => marks.join(''))

/** Comments that end where they seem to: of block comments, as many are closed as were opened. */
const blockComment: fc.Arbitrary<string> = noise(4).map((text) => {
  const inside = text.replaceAll(/\/\*|\*\//g, '')
  return `/* ${inside} /*${inside.endsWith('*') ? ' ' : ''} */ ; commit; */`
})
const lineComment = fc
  .tuple(noise(4), oneOf('\n', '\r', '\r\n'))
  .map(([text, end]) => `--${text.replaceAll(/[\n\r]/g, '')}${end}`)

/** At least something, where two words would run into each other. */
const gap = fc
  .array(fc.oneof({ weight: 3, arbitrary: oneOf(' ', '\n', '\t', '\f', '\v', '\r') }, blockComment, lineComment), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join(''))
const maybeGap = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, gap)

const string: fc.Arbitrary<string> = fc.oneof(
  noise(5).map((text) => `'${text.replaceAll("'", "''")}'`),
  noise(5).map((text) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`),
  noise(5).map((text) => `N'${text.replaceAll("'", "''")}'`),
  noise(5).map((text) => `U&'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`),
  fc.tuple(noise(5), oneOf('$$', '$a$', '$é1$')).map(([text, tag]) => `${tag}${text.replaceAll('$', '')}${tag}`),
  fc
    .tuple(oneOf("'a'", "E'\\''", "E'a'"), oneOf('\n', ' -- ;\n', '\r\t'), oneOf("';'", "'\\''"))
    .map((parts) => parts.join('')),
  oneOf("B'01'", "X'1f'", '1', '1.5e-3', '.5', 'null'),
)

const name: fc.Arbitrary<string> = fc.oneof(
  oneOf('a', 'A$b$', 'é$', '_1', '\ufeff', 'commit', 'begin', 'transaction', 'K'),
  noise(4).map((text) => `"x${text.replaceAll('"', '""')}"`),
  oneOf('U&"d\\0061t;"', 'U&"d!0061t" uescape \'!\''),
)

/** Words with gaps between them; the part in braces is replaced by another one each time. */
function statement(template: string): fc.Arbitrary<string> {
  const parts = template.split(' ').map((part) => {
    if (part === '{string}') return string
    if (part === '{name}') return name
    return part === '_' ? maybeGap : fc.constant(part)
  })
  const spaced = parts.flatMap((part, index) => (index === 0 ? [part] : [gap, part]))
  return fc.tuple(...spaced).map((pieces) => pieces.join(''))
}

const plain = fc.oneof(
  { weight: 4, arbitrary: statement('select {string} as {name}') },
  { weight: 2, arbitrary: statement('select {string} , case when true then 1 end as {name}') },
  statement('do $d$ begin null; -- commit;\n end $d$'),
  statement("do 'begin null; end'"),
  statement('create function pg_temp.f () returns int begin atomic select 1; select case when true then 1 end ; end'),
  statement('create or replace procedure pg_temp.p () begin atomic ; end'),
  statement('create or replace rule r as on insert to t do also ( select 1 ; select 2 )'),
  statement('prepare transaction as select {string}'),
  statement('select x.begin atomic from ( select 1 as begin ) x'),
  fc.constant(''),
)
const control = fc.oneof(
  ...[
    'begin',
    'COMMIT',
    'commit work',
    'rollback',
    'End',
    'abort',
    'start transaction',
    'savepoint s',
    'savepoint s; release s',
  ].map(statement),
)

const insertion = fc.tuple(fc.nat(), oneOf(...MARKS))

/** Most are taken by the server as they are; one in three has something put in where it may not belong. */
export const texts: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(
      fc.tuple(maybeGap, fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: control }), maybeGap),
      { minLength: 1, maxLength: 4 },
    ),
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(insertion, { maxLength: 2 })),
  )
  .map(([statements, insertions]) => {
    const whole = statements.map((parts) => parts.join('')).join(';')
    return insertions.reduce((text, [place, mark]) => {
      const at = place % (text.length + 1)
      return text.slice(0, at) + mark + text.slice(at)
    }, whole)
  })

/** Tokens in a heap: hardly ever a statement, so that the server says where it stopped. */
export const heaps: fc.Arbitrary<string> = fc
  .tuple(oneOf('select 1 as a, ', 'select ', 'select 1 '), noise(8))
  .map((parts) => parts.join(''))
