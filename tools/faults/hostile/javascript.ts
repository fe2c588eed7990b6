/** Migrations whose code does harm to the process that runs them, where they are rendered and where they run live. */
import { type Hostile, live, rendered } from './hostile.ts'

const THROWN = [
  "throw 'a text'",
  'throw undefined',
  'throw null',
  'throw 42',
  'throw { code: 3, toString() { throw new Error() } }',
  'throw Object.assign(Object.create(null), { a: 1 })',
  "throw Symbol('s')",
  'throw (() => { const loop: any = {}; loop.loop = loop; return loop })()',
  "throw new Error('red \\u001b[31m and a bell \\u0007')",
  "throw Object.freeze(new Error('frozen'))",
  "throw new AggregateError([new Error('one'), 'two'], 'several')",
  "throw new Proxy({}, { get() { throw new Error('trap') } })",
  "throw Object.assign(new Error('looks like the server'), { code: '40001', severity: 'ERROR' })",
  "await Promise.reject('rejected')",
]

const EXITS = [
  'process.exit()',
  'process.exit(0)',
  'process.exit(1)',
  'process.exitCode = 0; process.exit()',
  'setImmediate(() => process.exit(0)); await new Promise((done) => setTimeout(done, 50))',
  "process.kill(process.pid, 'SIGTERM'); await new Promise((done) => setTimeout(done, 3000))",
  "process.once('exit', () => process.exit(0)); process.exit(0)",
  "setTimeout(() => { throw new Error('later') }, 1); await new Promise((done) => setTimeout(done, 200))",
  "void Promise.reject(new Error('nobody awaits it')); await new Promise((done) => setTimeout(done, 200))",
]

const HARMLESS = [
  "console.log('{}')",
  'process.stdout.write(\'{"applied": []}\\n\')',
  "console.error('a word'); console.table([{ a: 1 }])",
  "console.log('red \\u001b[31m')",
  'process.exitCode = 7',
  "process.emitWarning('careful')",
]

const ENDLESS = ['await new Promise(() => {})', 'await new Promise((done) => setTimeout(done, 600_000))']

const both = (does: string, expect: Hostile['expect'], more: Partial<Hostile> = {}): readonly Hostile[] => [
  { what: `live: ${does}`, up: live(does), expect, ...more },
  { what: `rendered: ${does}`, up: rendered(does), expect, ...more },
]

export const JAVASCRIPT: readonly Hostile[] = [
  ...THROWN.flatMap((does) => both(does, 'refused')),
  ...EXITS.flatMap((does) => both(does, 'refused')),
  ...HARMLESS.flatMap((does) => both(does, 'works')),
  ...ENDLESS.flatMap((does) => both(does, 'refused', { interruptAfterMs: 1500 })),
]
