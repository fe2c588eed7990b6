/** A verb is declared: its options are typed from their declaration, and what it says is a value. */
import { Command as Parser } from 'commander'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { runOptions } from '../src/commands/run-options.ts'
import { commonOptions } from '../src/common-options.ts'
import { durationOption } from '../src/settings.ts'
import { type Command, noLines, type OptionsOf, type Report, verb } from '../src/verb.ts'
import { verbs } from '../src/verbs.ts'

const done: Report = { lines: noLines, document: undefined, exitCode: 0 }

/** What a command line becomes, by what was declared. */
function parsed<Options>(declare: (command: Command) => { opts(): Options }, ...argv: readonly string[]): Options {
  const command = new Parser().exitOverride().configureOutput({ writeErr: () => {} })
  declare(command as unknown as Command)
  return command.parse(argv, { from: 'user' }).opts() as Options
}

describe('the options of a verb', () => {
  test('are typed from their declaration: a misspelt name does not compile', () => {
    verb({
      options: (command) =>
        command
          .requiredOption('--out <dir>', 'a value that is always there')
          .option('--dry-run', 'a flag')
          .addOption(command.createOption('--format <format>', 'one of two').choices(['text', 'json'] as const)),
      examples: [],
      run: async (options) => {
        expectTypeOf(options.out).toEqualTypeOf<string>()
        expectTypeOf(options.dryRun).toEqualTypeOf<true | undefined>()
        expectTypeOf(options.format).toEqualTypeOf<'text' | 'json' | undefined>()
        expectTypeOf(options.databaseUrl).toEqualTypeOf<string | undefined>()
        // @ts-expect-error there is no such option
        options.dryrun
        // @ts-expect-error nor may a verb change what it was asked
        options.out = 'elsewhere'
        return done
      },
    })
  })

  test('that up and down share are parsed where they are declared', () => {
    expectTypeOf<OptionsOf<typeof runOptions>>().toEqualTypeOf<
      Readonly<{
        perMigration?: true | undefined
        overrideReadOnly?: true | undefined
        lockWait: number
        lockTimeout: number
        statementTimeout: number
        idleTimeout: number
      }>
    >()
    expect(parsed(runOptions)).toEqual({
      lockWait: 60_000,
      lockTimeout: 2000,
      statementTimeout: 0,
      idleTimeout: 60_000,
    })
    expect(parsed(runOptions, '--lock-wait', '1.5m', '--lock-timeout', '500ms', '--per-migration')).toEqual({
      perMigration: true,
      lockWait: 90_000,
      lockTimeout: 500,
      statementTimeout: 0,
      idleTimeout: 60_000,
    })
    expect(() => parsed(runOptions, '--lock-wait', 'soon')).toThrow('--lock-wait got "soon"; it takes a duration')
  })

  test('that every verb has are there too', () => {
    expect(parsed(commonOptions, '--database-url', 'x', '--json')).toEqual({ databaseUrl: 'x', json: true })
  })

  test.each([
    [0, '(default: "0")'],
    [2000, '(default: "2s")'],
    [1500, '(default: "1500ms")'],
  ])('show a default of %i ms as one writes it', (ms, words) => {
    const command = new Parser() as unknown as Command
    command.addOption(durationOption(command, '--wait <duration>', 'how long', ms))
    expect(command.helpInformation()).toContain(words)
  })
})

test('a verb, its file and its function share one word', async () => {
  for (const { name } of verbs) {
    const file = await import(`../src/commands/${name}.ts`)
    expect(Object.keys(file)).toEqual([name])
  }
})
