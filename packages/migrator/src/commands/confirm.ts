/** The question that a verb asks before it drops anything. */
import type { Context } from '../verb.ts'

export interface Question {
  /** `Type yes to revert this on 127.0.0.1:54320/veza: ` */
  readonly question: string
  /** Whether the answer confirms. */
  isMeant(answer: string): boolean
  /** The error for an answer that does not confirm. `answer` is undefined if there was no terminal to ask on. */
  refusal(answer: string | undefined): Error
}

/** Throws the refusal. */
export async function confirm({ ask }: Context, { question, isMeant, refusal }: Question): Promise<void> {
  const answer = (await ask(question))?.trim()
  if (answer === undefined || !isMeant(answer)) throw refusal(answer)
}
