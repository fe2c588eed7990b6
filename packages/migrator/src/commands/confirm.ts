/** The one question that stands before a verb drops anything. */
import type { Context } from '../verb.ts'

export interface Question {
  /** `Type yes to revert this on 127.0.0.1:54320/veza: ` */
  readonly question: string
  /** Whether an answer means it. */
  isMeant(answer: string): boolean
  /** The error for any other answer, and for none: undefined where there was no terminal to ask on. */
  refusal(answer: string | undefined): Error
}

/** Throws the refusal. */
export async function confirm({ ask }: Context, { question, isMeant, refusal }: Question): Promise<void> {
  const answer = (await ask(question))?.trim()
  if (answer === undefined || !isMeant(answer)) throw refusal(answer)
}
