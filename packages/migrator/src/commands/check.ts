import { check as prove } from '../check/check.ts'
import { majors } from '../check/matrix.ts'
import { checkReport, formats } from '../check/report.ts'
import { InvalidOptionError } from '../errors.ts'
import { isSwitchedOn } from '../settings.ts'
import { verb } from '../verb.ts'
import { ConflictingOptionsError } from './errors.ts'
import { compareGenerated } from './generated.ts'

/** Proves the plan on throw-away databases. Touches no other. */
export const check = verb({
  options: (command) =>
    command
      .addOption(
        command
          .createOption(
            '--base <ref>',
            'the commit that stands for the main branch (default: where this branch left origin/main)',
          )
          .argParser(oneBase),
      )
      .addOption(
        command.createOption('--no-base', 'do without the main branch, which CI otherwise fails on').argParser(oneBase),
      )
      .option(
        '--postgres <majors>',
        `also on these majors, installed when first needed (${majors.join(',')})`,
        (value) => parseMajors(value),
      )
      .addOption(
        command
          .createOption('--format <format>', 'how the result is printed')
          .choices(formats)
          .default('text' as const),
      ),
  examples: [
    'veza-migrator check                            all proofs, on an embedded PostgreSQL of their own',
    'veza-migrator check --base origin/release      what stands there may not have been edited or removed',
    'veza-migrator check --no-base                  there is no main branch: say so, since with CI set it has to be known',
    'veza-migrator check --postgres 15,16,17,18     the replay on each of them',
    'veza-migrator check --format sarif > out.sarif',
  ],
  run: async ({ workspace, base, postgres = [], format, json }, { cwd, env, signal, busy }) => {
    if (json && format !== 'text' && format !== 'json') {
      throw new ConflictingOptionsError({ options: ['--json', `--format ${format}`] })
    }
    const checked = await prove({
      from: workspace ?? cwd,
      base,
      noBase: isSwitchedOn(env.CI) ? 'error' : 'warning',
      generated: compareGenerated,
      postgres,
      signal,
      onProgress: busy,
    })
    return checkReport(checked, format)
  },
})

/**
 * Refuses `--base REF` together with `--no-base`. commander treats both as one option and would silently take the last one.
 * `value` is undefined for `--no-base`.
 */
function oneBase(value: string | undefined, before: string | false | undefined): string | undefined {
  if (before !== undefined && (before === false) !== (value === undefined))
    throw new ConflictingOptionsError({ options: ['--base', '--no-base'] })
  return value
}

/** Throws InvalidOptionError. */
function parseMajors(value: string): readonly number[] {
  const asked = value.split(',').map((part) => Number(part.trim()))
  if (asked.every((major) => majors.includes(major))) return [...new Set(asked)]
  throw new InvalidOptionError({ option: '--postgres', value, expected: `some of ${majors.join(',')}` })
}
