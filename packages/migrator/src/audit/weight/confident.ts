/** Which findings a report shows: those of which their rule is sure enough. The others are counted, and neither shown nor accepted. Pure. */
import { plural } from '../../errors.ts'
import { CONFIDENCES, type Confidence, type RuleFinding } from '../../rules/finding.ts'

/** What `--min-confidence` left out. */
export interface LeftOut {
  readonly minConfidence: Confidence
  readonly findings: number
}

export function confident<F extends Pick<RuleFinding, 'confidence'>>(
  all: readonly F[],
  minConfidence: Confidence,
): { readonly findings: readonly F[]; readonly leftOut: LeftOut } {
  const lowest = CONFIDENCES.indexOf(minConfidence)
  const findings = all.filter(({ confidence }) => CONFIDENCES.indexOf(confidence) <= lowest)
  return { findings, leftOut: { minConfidence, findings: all.length - findings.length } }
}

/** What a reader has to know of it; undefined where everything is shown because everything was asked for. */
export function leftOutText({ minConfidence, findings }: LeftOut): string | undefined {
  if (minConfidence === 'low') return undefined
  const below = CONFIDENCES.slice(CONFIDENCES.indexOf(minConfidence) + 1).join(' or ')
  return findings === 0
    ? `No finding was left out for its confidence (--min-confidence ${minConfidence}).`
    : `${plural(findings, 'finding')} of ${below} confidence ${findings === 1 ? 'is' : 'are'} left out (--min-confidence ${minConfidence}).`
}
