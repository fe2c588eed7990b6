/** TypeScript's parser, which reads the generated files and, for kysely-codegen, types. The package has a parser up to version 6. */
import { locatePackage, wantedVersion } from '../optional-package.ts'
import { TypeScriptVersionError } from './errors.ts'

locatePackage('typescript')
const { default: ts } = await import('typescript')
if (ts.createSourceFile === undefined) {
  throw new TypeScriptVersionError({ found: ts.version, wanted: wantedVersion('typescript') })
}

export default ts
