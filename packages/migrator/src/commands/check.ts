import { Option } from 'commander'
import { annotations, sarif } from '../check/annotations.ts'
import { check as prove } from '../check/check.ts'
import { isFailed } from '../check/finding.ts'
import { majors } from '../check/matrix.ts'
import { checkDocument, checkLines } from '../check/report.ts'
import { InvalidOptionError } from '../errors.ts'
import type { CommonOptions, Verb } from '../verb.ts'
import { ConflictingOptionsError } from './errors.ts'

interface CheckOptions extends CommonOptions {
  readonly base?: string
  readonly postgres?: string
  readonly format: 'text' | 'json' | 'github' | 'sarif'
}

const EXAMPLES = `
Examples:
  veza-migrator check                            all proofs, on an embedded PostgreSQL of their own
  veza-migrator check --base origin/release      what stands there may not have been edited or removed
  veza-migrator check --postgres 15,16,17,18     the replay on each of them
  veza-migrator check --format sarif > out.sarif`

/** Proves the plan on throw-away databases. Touches no other. */
export const check: Verb = (command) => {
  command
    .option('--base <ref>', 'the commit that stands for the main branch (default: where this branch left origin/main)')
    .option('--postgres <majors>', `also on these majors, installed when first needed (${majors.join(',')})`)
    .addOption(
      new Option('--format <format>', 'how the result is printed')
        .choices(['text', 'json', 'github', 'sarif'])
        .default('text'),
    )
    .addHelpText('after', EXAMPLES)

  return {
    run: async (options: CheckOptions, output, { cwd, signal }) => {
      const { workspace, base, format } = options
      if (output.json && format !== 'text' && format !== 'json') {
        throw new ConflictingOptionsError({ options: ['--json', `--format ${format}`] })
      }
      const checked = await prove({
        from: workspace ?? cwd,
        base,
        postgres: parseMajors(options.postgres),
        signal,
        onProgress: (words) => output.busy(words),
      })
      if (format === 'text') for (const line of checkLines(checked, output.paint)) output.result(line)
      if (format === 'github') for (const line of annotations(checked)) output.line(line)
      if (format === 'sarif') output.line(JSON.stringify(sarif(checked), undefined, 2))
      if (format === 'json' && !output.json) output.line(JSON.stringify(checkDocument(checked), undefined, 2))
      output.document(checkDocument(checked))
      return isFailed(checked.proofs) ? 1 : undefined
    },
  }
}

/** Throws InvalidOptionError. */
function parseMajors(value: string | undefined): readonly number[] {
  const asked = value?.split(',').map((part) => Number(part.trim())) ?? []
  if (asked.every((major) => majors.includes(major))) return [...new Set(asked)]
  throw new InvalidOptionError({ option: '--postgres', value: value ?? '', expected: `some of ${majors.join(',')}` })
}
