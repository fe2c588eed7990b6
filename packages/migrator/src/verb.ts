/**
 * What a verb is: the options that it takes, what it does with them, and what it then has to say. All of it is a value: the command line
 * parses and prints, a verb does neither. Commander's types come from a package of declarations; nothing of it is loaded.
 */
import type { Command, OptionValues } from '@commander-js/extra-typings'

export type { Command } from '@commander-js/extra-typings'

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, words: string) => string

/** What lines are made for. */
export interface Screen {
  readonly paint: Paint
  /** Columns of the terminal; undefined where there is none and lines may be as long as they are. */
  readonly width: number | undefined
}

/** Lines for a person. Pure: the same screen gives the same lines. */
export type Lines = (screen: Screen) => readonly string[]

/** What a verb says when it is done. */
export interface Report {
  /** Left out with `--json`: the document says it. */
  readonly lines: Lines
  /** What `--json` prints. Undefined where it went somewhere else, such as into a file. */
  readonly document: unknown
  /** 1: something was found. What went wrong is an error, and its exit code is that of its class. */
  readonly exitCode: 0 | 1
  /** What the verb goes on with once this has been said: `db` keeps its server until Ctrl-C. */
  afterwards?(): Promise<void>
}

/** What a verb gets from the process that it runs in, and its way to say something before it is done. */
export interface Context {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
  /** Says what has happened. With `--json` on standard error. */
  tell(lines: Lines): void
  /** Says what is under way, on a terminal and only if it takes a while; whatever is said next ends it. */
  busy(words: string): void
  /** Answers what a person types: undefined where there is no terminal to ask on, '' where the question was broken off. */
  ask(question: string): Promise<string | undefined>
}

/** What `declare` adds to a command, as its action gets it. */
export type OptionsOf<Declare extends (command: Command) => { opts(): OptionValues }> = Readonly<
  ReturnType<ReturnType<Declare>['opts']>
>

/** What every verb takes. */
export const commonOptions = (command: Command) =>
  command
    .option('--database-url <url>', 'the database (default: DATABASE_URL, then the embedded database)')
    .option('--workspace <dir>', 'the repository (default: the one around the current folder)')
    .option('--json', 'one JSON document on standard output, messages on standard error')

export type CommonOptions = OptionsOf<typeof commonOptions>

export interface Declaration<Own extends OptionValues> {
  /** The options that only this verb takes. */
  options(command: Command): Command<[], Own>
  /** Lines of the help: a command line, and what it is for. */
  readonly examples: readonly string[]
  /** Whether standard output is the report's alone, as it is with `--json`: what else is said goes to standard error. */
  alone?(options: Readonly<Own> & CommonOptions): boolean
  run(options: Readonly<Own> & CommonOptions, context: Context): Promise<Report>
}

/** A verb whose options nobody knows any more: what the command line works with. */
export type Verb = Declaration<any>

/** Declares a verb. `run` gets its options typed from their declaration. */
export const verb = <Own extends OptionValues>(declaration: Declaration<Own>): Verb => declaration

/** Of a report that has no lines: all has been told. */
export const noLines: Lines = () => []
