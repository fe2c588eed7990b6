/**
 * The command line: finds the verb, declares its options, runs it, prints its report, and turns every failure into a message and an exit
 * code. A verb's file is imported only when that verb is called, so that the start-up is fast.
 */
import { Command, CommanderError } from 'commander'
import { setCommandSignal } from './command-signal.ts'
import { commonOptions } from './common-options.ts'
import { MigratorError } from './errors.ts'
import { printableLine } from './printable.ts'
import { divert } from './process/divert.ts'
import { Ending } from './process/ending.ts'
import { CommandEndedError } from './process/errors.ts'
import { guardProcess } from './process/guard.ts'
import { leave as leaveProcess } from './process/leave.ts'
import { onSignals } from './process/signals.ts'
import { errorDocument, errorText } from './report/error.ts'
import { documentWithoutUrls, withoutUrls } from './report/given-urls.ts'
import { Output } from './report/output.ts'
import type { Context, Command as TypedCommand, Verb } from './verb.ts'
import { assertPresent, program as self, verbs } from './verbs.ts'

/** Runs a command line, prints, and returns the exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  hideArguments()
  const ending = new Ending()
  const stopListening = onSignals({ first: () => ending.ask(), again: () => ending.cut() })
  const json = argv.includes('--json')
  const output = new Output({ json, stdout: process.stdout, stderr: process.stderr })
  const undivert = divert(process.stdout, process.stderr)
  const unguard = guardProcess({
    fail: (error) => ending.fail(error),
    atExit: () => {
      process.exitCode = fail(new CommandEndedError(), argv, output)
    },
  })
  setCommandSignal(ending.signal)
  try {
    return await Promise.race([parse(argv, output, ending), ending.cutShort])
  } catch (error) {
    return fail(ending.explained(error), argv, output)
  } finally {
    ending.over()
    output.quiet()
    setCommandSignal(undefined)
    unguard()
    undivert()
    stopListening()
  }
}

/** Ends the process with the exit code that `main` returned. */
export const leave = (exitCode: number): Promise<void> => leaveProcess(exitCode, process)

async function parse(argv: readonly string[], output: Output, ending: Ending): Promise<number> {
  let exitCode = 0
  const program = new Command(self.name)
    .description(self.about)
    .version(self.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: (words) => output.print(words) })
  const called = argv.find((word) => !word.startsWith('-'))
  assertPresent(called)
  for (const { name, summary, load } of verbs) {
    const command = program
      .command(name)
      .description(summary)
      .helpOption('-h, --help', 'print this')
      .allowExcessArguments(false)
    if (called !== name) continue
    const verb = await load()
    declare(verb, command)
    command.action(async () => {
      exitCode = await run(verb, command, output, ending)
    })
  }
  if (argv.length === 0) {
    program.outputHelp()
    return 2
  }
  await program.parseAsync(argv, { from: 'user' })
  return exitCode
}

/** The casts are safe: `TypedCommand` is a stricter declaration of the same class, and has no code of its own. */
function declare({ options, examples, argument }: Verb, command: Command): void {
  if (argument !== undefined) command.argument(`<${argument.name}>`, argument.about)
  commonOptions(options(command as unknown as TypedCommand) as unknown as TypedCommand)
  command.addHelpText('after', ['', 'Examples:', ...examples.map((example) => `  ${example}`)].join('\n'))
}

async function run(verb: Verb, command: Command, output: Output, ending: Ending): Promise<number> {
  const options = command.opts<any>()
  if (verb.alone?.(options)) output.keepStdoutForReport()
  const { signal } = ending
  const context: Context = {
    env: process.env,
    cwd: process.cwd(),
    signal,
    tell: (lines) => output.tell(lines),
    busy: (words) => output.busy(words),
    lastWords: (words) => {
      ending.lastWords = words
    },
    ask: async (question) => {
      output.quiet()
      const { ask } = await import('./report/ask.ts')
      return ask(printableLine(question), { stdin: process.stdin, stderr: process.stderr, signal })
    },
  }
  const report = await verb.run(options, context, command.args[0] ?? '')
  ending.assertNothingFailed()
  output.report(report)
  await report.afterwards?.()
  return report.exitCode
}

function fail(error: unknown, argv: readonly string[], output: Output): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // The value that was given to an option which there is not may be a secret.
    const message = withoutUrls(argv, error.message.replace(/^(error: unknown option '[^=']*)=.*'/s, "$1'"))
    output.error(`${message.replace(/^error: /, '')}\nSee: veza-migrator --help`)
    output.document({ error: { code: 'UsageError', message } })
    return 2
  }
  output.error(withoutUrls(argv, errorText(error)))
  output.document({ error: documentWithoutUrls(argv, errorDocument(error)) })
  return error instanceof MigratorError ? error.exitCode : 3
}

/**
 * Any user of a machine may read the arguments of every process in it (`ps`), and `--database-url` and `--compare` may hold a
 * password. Node can write
 * over its own arguments; npx, Nx or a shell that started this process keep showing theirs, so DATABASE_URL is the better way.
 */
function hideArguments(): void {
  if (process.argv.some((word) => /^--(?:database-url|compare)/.test(word))) process.title = 'veza-migrator'
}
