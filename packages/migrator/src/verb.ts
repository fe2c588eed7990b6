/**
 * What a verb is: its options, the function that runs it, and the report that this function returns. The command line parses the options
 * and prints the report; a verb does neither. Commander is imported here for its types only, so that nothing is loaded.
 */
import type { Command, OptionValues } from '@commander-js/extra-typings'
import type { commonOptions } from './common-options.ts'
import type { MigratorError } from './errors.ts'

export type { Command } from '@commander-js/extra-typings'

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, words: string) => string

/** The place where lines are shown: a terminal or a file. */
export interface Screen {
  readonly paint: Paint
  /** Columns of the terminal; undefined if there is no terminal, and lines may have any length. */
  readonly width: number | undefined
}

/** Lines for a person. Pure: the same screen gives the same lines. */
export type Lines = (screen: Screen) => readonly string[]

/** What a verb returns when it is done. */
export interface Report {
  /** Not printed with `--json`, which prints `document` instead. */
  readonly lines: Lines
  /** What `--json` prints. Undefined if the result was written elsewhere, such as into a file. */
  readonly document: unknown
  /** 1: the verb has findings. A failure is thrown as an error, whose class has the exit code. */
  readonly exitCode: 0 | 1
  /** Called after the report is printed, for a verb that goes on: `db` keeps its server running until Ctrl-C. */
  afterwards?(): Promise<void>
}

/** What a verb gets from its process, and the functions with which it prints or asks something before it is done. */
export interface Context {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal
  /** Prints what has happened; on standard error with `--json`. */
  tell(lines: Lines): void
  /** Shows what is under way, only on a terminal and only if it takes a while. The next output removes it. */
  busy(words: string): void
  /**
   * What is known if the command has to be left before it is done: a second Ctrl-C, or a wait that does not hear the first one.
   * Default: that nothing was changed.
   */
  lastWords(words: () => MigratorError): void
  /** Returns the answer that a person types; undefined if there is no terminal, '' if the question was interrupted. */
  ask(question: string): Promise<string | undefined>
}

/** The type of the options that the function `Declare` adds to a command, as the command's action gets them. */
export type OptionsOf<Declare extends (command: Command) => { opts(): OptionValues }> = Readonly<
  ReturnType<ReturnType<Declare>['opts']>
>

export type CommonOptions = OptionsOf<typeof commonOptions>

export interface Declaration<Own extends OptionValues> {
  /** The options that only this verb takes. */
  options(command: Command): Command<[], Own>
  /** Lines for the help: a command line and its purpose. */
  readonly examples: readonly string[]
  /** Whether standard output is only for the report, as it is with `--json`; all other output then goes to standard error. */
  alone?(options: Readonly<Own> & CommonOptions): boolean
  /** What must stand behind the verb, without dashes: `repair <id>`. Default: nothing may. */
  readonly argument?: { readonly name: string; readonly about: string }
  /** `argument` is the one that the verb declares, otherwise ''. */
  run(options: Readonly<Own> & CommonOptions, context: Context, argument: string): Promise<Report>
}

/** A verb without the types of its own options. The command line handles all verbs as this type. */
export type Verb = Declaration<any>

/** Declares a verb. The type of the options that `run` gets is derived from `options`. */
export const verb = <Own extends OptionValues>(declaration: Declaration<Own>): Verb => declaration

/** For a report without lines, when everything has been printed before. */
export const noLines: Lines = () => []
