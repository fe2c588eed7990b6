/**
 * The fault laboratory: does harm to runs of the migrator and looks what became of the database. docs/reliability.md is made of its results.
 *
 *     npm run test:faults -- --rounds 50 --seed 7 --only kills --json out.json
 *     npm run test:faults -- --only kills --seed 7 --round 12        repeats one fault exactly
 *     npm run test:faults -- --rounds 200 --postgres 15 --write      records the results and writes the page
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { campaign, type KindResult } from './campaign.ts'
import { kinds } from './kinds.ts'
import { Lab } from './lab.ts'
import { pageOf } from './page.ts'
import { PAGE, REPOSITORY, recordedOf, writeRecorded } from './recorded.ts'
import { labServer } from './server.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    only: { type: 'string', default: '' },
    round: { type: 'string' },
    postgres: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = values.rounds === 'all' ? 'all' : Number(values.rounds)
const seed = Number(values.seed)
const wanted = values.only === '' ? kinds : kinds.filter(({ name }) => values.only.split(',').includes(name))
if (wanted.length === 0 || !(rounds === 'all' || rounds > 0) || !Number.isInteger(seed)) {
  process.stderr.write(
    `--rounds takes a number or all, --seed a whole number, --only: ${kinds.map(({ name }) => name)}\n`,
  )
  process.exit(2)
}

// The server and the mounts are the laboratory's to clear away: Ctrl-C ends it after the rounds that are under way.
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())

const results: KindResult[] = []
{
  await using server = await labServer(values.postgres === undefined ? undefined : Number(values.postgres))
  await using lab = new Lab(server)
  process.stdout.write(`PostgreSQL ${server.version}, seed ${seed}, ${rounds} rounds of each kind\n`)
  for (const kind of wanted) {
    if (stop.signal.aborted) break
    const result = await campaign(lab, kind, {
      ...{ rounds, seed, signal: stop.signal, round: values.round === undefined ? undefined : Number(values.round) },
      onRound: (done, of) => process.stderr.isTTY && process.stderr.write(`\r${kind.name} ${done} of ${of} `),
      onFault: ({ name }, { round, what, wrong }) => {
        const repeat = `npm run test:faults -- --only ${name} --seed ${seed} --round ${round}`
        process.stdout.write(`FAULT ${name} #${round}: ${what}\n${wrong.join('\n')}\nrepeat: ${repeat}\n\n`)
      },
    })
    results.push(result)
    process.stdout.write(`${lineOf(result)}\n`)
  }
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ postgres: server.version, seed, results }, undefined, 2)}\n`)
  if (values.write) {
    const recorded = writeRecorded(results.map((result) => recordedOf(result, { postgres: server.version, seed })))
    writeFileSync(join(REPOSITORY, PAGE), pageOf(recorded, kinds))
  }
}
process.exitCode = results.some(({ faults }) => faults.length > 0) ? 1 : 0

function lineOf({ kind, skipped, cases, rounds: done, faults, said, seconds }: KindResult): string {
  if (skipped !== undefined) return `${kind.padEnd(14)} skipped: ${skipped}`
  const words = Object.entries(said).map(([word, count]) => `${count} ${word}`)
  return `${kind.padEnd(14)} ${done} rounds of ${cases} cases, ${faults.length} faults, ${seconds} s (${words.join(', ')})`
}
