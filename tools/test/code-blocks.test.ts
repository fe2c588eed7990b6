/**
 * What the documentation shows can be copied: every TypeScript block of every page compiles, and every command names a verb, options and
 * scripts that exist. readme.slow.test.ts also runs the commands of the README.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
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

const helpTexts = new Map<string, string>()
function helpOf(verb: string): string {
  const known = helpTexts.get(verb)
  if (known !== undefined) return known
  const bin = join(REPOSITORY, 'packages/migrator/bin/veza-migrator.js')
  const help = execFileSync(process.execPath, [bin, verb, '--help'], { encoding: 'utf8' })
  helpTexts.set(verb, help)
  return help
}

test.each(commands)('$place: $command', ({ command }) => {
  const [, verb, rest = ''] = /(?:veza-migrator|nx run migrator:)\s*([a-z]+)\b(.*)$/.exec(command) ?? []
  if (verb !== undefined) {
    const help = helpOf(verb)
    for (const [option] of rest.matchAll(/--[a-z][a-z-]*/g)) expect(help).toContain(option)
    return
  }
  const [, script] = /^npm (?:run (\S+)|test\b)/.exec(command) ?? []
  if (command.startsWith('npm run') || command === 'npm test') expect(scripts).toContain(script ?? 'test')
  else expect(command).toMatch(/^(npm (ci|install|pack)|npx (nx|vitest)|psql|export \w+=)/)
})
