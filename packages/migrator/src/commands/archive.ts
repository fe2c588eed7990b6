import { resolve } from 'node:path'
import { archive as move, planArchive } from '../archive/archive.ts'
import type { CommonOptions, Verb } from '../verb.ts'

interface ArchiveOptions extends CommonOptions {
  readonly from: string
  readonly to: string
  readonly dryRun?: boolean
}

const EXAMPLES = `
Examples:
  veza-migrator archive --from ../backend/migrations --to ../backend/migrations-legacy --dry-run
  veza-migrator archive --from ../backend/migrations --to ../backend/migrations-legacy`

/** Puts numbered legacy migrations away, with a manifest. Asks no database and repairs nothing: V1 defines the final state. */
export const archive: Verb = (command) => {
  command
    .requiredOption(
      '--from <dir>',
      'the folder with the numbered files: 001_users.sql, 002_roles.up.sql, 002_roles.down.sql',
    )
    .requiredOption('--to <dir>', 'where they are moved; the folder is made if it is missing')
    .option('--dry-run', 'show what would be moved, and move nothing')
    .addHelpText('after', EXAMPLES)

  return {
    run: async ({ from, to, dryRun = false }: ArchiveOptions, output, { cwd }) => {
      const plan = planArchive({ from: resolve(cwd, from), to: resolve(cwd, to) })
      const moved = dryRun ? [] : move(plan)
      const { paint } = output
      for (const { name, about } of plan.files)
        output.result(`  ${name}${about === null ? '' : `  ${paint('dim', about)}`}`)
      const { duplicates, gaps, jumps, unpaired } = plan.manifest
      for (const { number, titles } of duplicates)
        output.result(paint('yellow', `number ${number} is used twice: ${titles.join(', ')}`))
      if (gaps.length > 0) output.result(paint('yellow', `numbers that no file has: ${gaps.join(', ')}`))
      for (const { after, before } of jumps) output.result(paint('yellow', `numbers jump from ${after} to ${before}`))
      if (unpaired.length > 0) output.result(paint('yellow', `without their other half: ${unpaired.join(', ')}`))
      if (plan.others.length > 0) output.result(paint('dim', `left where they are: ${plan.others.join(', ')}`))
      const stayed = dryRun ? [] : plan.files.map(({ name }) => name).filter((name) => !moved.includes(name))
      if (stayed.length > 0)
        output.result(paint('yellow', `changed meanwhile, so they stay, run it again: ${stayed.join(', ')}`))
      const files = (dryRun ? plan.files : moved).length
      const count = `${files} ${files === 1 ? 'file' : 'files'}`
      output.result(
        `${count} ${dryRun ? 'would go' : 'moved'} to ${to}; manifest.json there lists ${plan.manifest.files.length}.`,
      )
      output.document({ command: 'archive', dryRun, moved, ...plan })
      return undefined
    },
  }
}
