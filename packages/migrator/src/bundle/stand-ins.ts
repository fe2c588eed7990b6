/**
 * The modules of the migrator that ask about a repository, and those that stand for them in a bundle, where the answers are known. All other
 * modules are the same in both, so that a bundle runs a plan exactly as the repository does.
 */
export const STAND_INS = {
  'audit/drift/status-drift': 'bundled/status-drift',
  'common-options': 'bundled/common-options',
  'embedded/server': 'bundled/embedded-server',
  'optional-package': 'bundled/optional-package',
  'sql/formatter': 'bundled/formatter',
  verbs: 'bundled/verbs',
  version: 'bundled/version',
  'workspace/discover': 'bundled/workspace',
  'workspace/workspace': 'bundled/workspace',
} as const

/**
 * The same for files of packages. pg asks whether it runs at Cloudflare, for which Node loads its `fetch`; and it has a pool and a native
 * client, which the migrator does not use.
 */
export const PACKAGE_STAND_INS: Readonly<Record<string, string>> = {
  'pg/lib/stream.js':
    "exports.getStream = () => new (require('net').Socket)(); exports.getSecureStream = (options) => require('tls').connect(options)",
  'pg/lib/native/index.js': "module.exports = require('../client')",
  'pg-pool/index.js': 'module.exports = class Pool {}',
}

/** Changes in the text of files of packages. Where a later version has other words, it is only slower. */
export const PACKAGE_EDITS: Readonly<Record<string, (code: string) => string>> = {
  // pg takes Web Crypto apart when it is loaded, which loads all of Node's cryptography. Most connections that ask for no password need none.
  'pg/lib/crypto/utils.js': (code) =>
    code
      .replace(/^const webCrypto = .*$/m, '')
      .replace(/^const subtleCrypto = .*$/m, '')
      .replaceAll('webCrypto.getRandomValues', 'nodeCrypto.webcrypto.getRandomValues')
      .replaceAll('subtleCrypto.', 'nodeCrypto.webcrypto.subtle.'),
}
