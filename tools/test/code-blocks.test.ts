/**
 * What the documentation shows can be copied: every TypeScript block of every page compiles, and every command names a verb, options and
 * scripts that exist. readme.slow.test.ts also runs the commands of the README.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, expect, test } from 'vitest'
import { REPOSITORY } from './repository-copy.ts'

interface Block {
  /** `README.md:83`: the page and the number of the block's first line of code. */
  readonly place: string
  readonly language: string
  readonly body: string
}

const blocksOf = (page: string): readonly Block[] => {
  const text = readFileSync(join(REPOSITORY, page), 'utf8')
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language = '', 2: body = '', index }) => ({
    place: `${page}:${text.slice(0, index).split('\n').length + 1}`,
    language,
    body,
  }))
}

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: REPOSITORY,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
const blocks = pages.flatMap(blocksOf)

test('no block is indented, where this test would not see it', () => {
  expect(pages.filter((page) => /^[ \t]+```/m.test(readFileSync(join(REPOSITORY, page), 'utf8')))).toEqual([])
})

/** A block whose first line names its file is compiled under that path, any other in tools/test, where every package may be imported. */
const moduleOf = ({ place, body }: Block): string =>
  join(REPOSITORY, /^\/\/ (packages\/\S+\.ts)$/m.exec(body)?.[1] ?? `tools/test/${place.replaceAll(/\W/g, '_')}.ts`)

test('every TypeScript block compiles', () => {
  const shown = blocks.filter(({ language }) => language === 'ts')
  expect(shown.length).toBeGreaterThan(0)
  const { config } = ts.readConfigFile(join(REPOSITORY, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, REPOSITORY)
  const texts = new Map(shown.map((block) => [moduleOf(block), block]))
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (file) => texts.has(file) || fileExists(file)
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const block = texts.get(file)
    if (block === undefined) return getSourceFile(file, languageVersion, ...rest)
    return ts.createSourceFile(file, block.body, {
      languageVersion: ts.ScriptTarget.Latest,
      impliedNodeFormat: ts.ModuleKind.ESNext,
    })
  }
  const program = ts.createProgram([...texts.keys()], { ...options, noEmit: true }, host)
  const found = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const place = texts.get(file?.fileName ?? '')?.place ?? file?.fileName
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
    return `${place}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
  expect(found).toEqual([])
}, 60_000)

test('every JSON block is JSON', () => {
  for (const { place, language, body } of blocks)
    if (language === 'json') expect(() => JSON.parse(body), place).not.toThrow()
})

const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ place, body }) =>
    body
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .flatMap((line) => line.replace(/(^|\s)#.*$/, '').split(' && '))
      .map((line) => ({ place, command: line.trim() })),
  )
  .filter(({ command }) => command !== '')

const scripts = Object.keys(JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).scripts)

const BIN = join(REPOSITORY, 'packages/migrator/bin/veza-migrator.js')
const run = (...args: readonly string[]): string => execFileSync(process.execPath, args, { encoding: 'utf8' })

const folder = mkdtempSync(join(tmpdir(), 'veza-blocks-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The bundle of the repository's plan, which is made when a block runs one. */
function bundle(): string {
  const file = join(folder, 'veza-migrate.mjs')
  if (!existsSync(file)) run(BIN, 'bundle', '--workspace', REPOSITORY, '--out', file)
  return file
}

const helpTexts = new Map<string, string>()
function helpOf(program: 'migrator' | 'bundle', verb: string): string {
  const known = helpTexts.get(`${program} ${verb}`)
  if (known !== undefined) return known
  const help = run(program === 'bundle' ? bundle() : BIN, ...(verb === '' ? [] : [verb]), '--help')
  helpTexts.set(`${program} ${verb}`, help)
  return help
}

const PROGRAMS = {
  migrator: /(?:veza-migrator|nx run migrator:)\s*([a-z]+)\b(.*)$/,
  bundle: /^node \S*veza-migrate\.mjs(?: ([a-z]+))?\b(.*)$/,
} as const

test.each(commands)('$place: $command', ({ command }) => {
  for (const program of ['migrator', 'bundle'] as const) {
    const found = PROGRAMS[program].exec(command)
    if (found === null) continue
    const [, verb = '', rest = ''] = found
    const help = helpOf(program, verb)
    for (const [option] of rest.matchAll(/--[a-z][a-z-]*/g)) expect(help).toContain(option)
    return
  }
  const [, script] = /^npm (?:run (\S+)|test\b)/.exec(command) ?? []
  if (command.startsWith('npm run') || command === 'npm test') expect(scripts).toContain(script ?? 'test')
  else
    expect(command).toMatch(
      /^(npm (ci|install|pack)|npx (nx|vitest)|docker (build|run) |(PGPASSFILE=\S+ )?psql|pg_dump |pg_restore |export \w+=)/,
    )
})
