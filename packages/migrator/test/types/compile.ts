/** Modules → the codes of TypeScript's errors in each: what compiles and what does not, without writing a file. */
import { join } from 'node:path'
import ts from 'typescript'
import { REPOSITORY } from '../fixture-workspace.ts'

/** `modules` by name; they are compiled as if they stood in `folder`. Errors elsewhere (in what they import) count for each. */
export function compileErrors(
  folder: string,
  modules: Readonly<Record<string, string>>,
): Readonly<Record<string, number[]>> {
  const { config } = ts.readConfigFile(join(REPOSITORY, 'tsconfig.base.json'), ts.sys.readFile)
  const { options: common } = ts.convertCompilerOptionsFromJson(config.compilerOptions, REPOSITORY)
  // What npm would have linked: each package of the folder by its name.
  const paths = { '@fixture/*': [join(folder, 'packages/*/src/index.ts')] }
  const options: ts.CompilerOptions = {
    ...common,
    noEmit: true,
    declaration: false,
    sourceMap: false,
    types: [],
    paths,
  }
  const texts = new Map(Object.entries(modules).map(([name, text]) => [join(folder, `${name}.ts`), text]))
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (file) => texts.has(file) || fileExists(file)
  host.getSourceFile = (file, ...rest) =>
    texts.has(file) ? ts.createSourceFile(file, texts.get(file)!, ts.ScriptTarget.Latest) : getSourceFile(file, ...rest)
  const program = ts.createProgram([...texts.keys()], options, host)
  const all = ts.getPreEmitDiagnostics(program)
  const elsewhere = all.filter(({ file }) => !texts.has(file?.fileName ?? '')).map(({ code }) => code)
  return Object.fromEntries(
    Object.keys(modules).map((name) => {
      const own = all.filter(({ file }) => file?.fileName === join(folder, `${name}.ts`)).map(({ code }) => code)
      return [name, [...own, ...elsewhere]]
    }),
  )
}
