/** Why no roles can be named. */
import { usageError } from '../errors.ts'

export class RoleNameError extends usageError<{ role: string; problem: string }>(
  ({ role, problem }) =>
    `The role "${role}" cannot be made: ${problem}. Choose another prefix: npx nx run migrator:grants -- --prefix veza_`,
) {}
