/** All rules. Every report and format reads their names, severities and reasons from here. */
import { closedList } from './closed-list.ts'
import { comment } from './comment.ts'
import { duplicateConstraint } from './duplicate-constraint.ts'
import { duplicateIndex } from './duplicate-index.ts'
import { eventTable } from './event-table.ts'
import type { Rule } from './finding.ts'
import { fkIndex } from './fk-index.ts'
import { fkOnDelete } from './fk-on-delete.ts'
import { fkTypeMatch } from './fk-type-match.ts'
import { inexactAmount } from './inexact-amount.ts'
import { invalidObject } from './invalid-object.ts'
import { jsonType } from './json-type.ts'
import { naming } from './naming.ts'
import { ownerDiffers } from './owner-differs.ts'
import { pkUuid } from './pk-uuid.ts'
import { prefixIndex } from './prefix-index.ts'
import { publicGrant } from './public-grant.ts'
import { referenceDangling } from './reference-dangling.ts'
import { referenceWithoutFk } from './reference-without-fk.ts'
import { rowSecurity } from './row-security.ts'
import { scope } from './scope.ts'
import { secret } from './secret.ts'
import { securityDefiner } from './security-definer.ts'
import { sequenceLeft } from './sequence-left.ts'
import { softDelete } from './soft-delete.ts'
import { textType } from './text-type.ts'
import { timestampDefault } from './timestamp-default.ts'
import { timestampNotNull } from './timestamp-not-null.ts'
import { timestampTz } from './timestamp-tz.ts'
import { unloggedTable } from './unlogged-table.ts'
import { updatedAtTrigger } from './updated-at-trigger.ts'

export const rules: readonly Rule[] = [
  pkUuid,
  fkOnDelete,
  fkTypeMatch,
  fkIndex,
  referenceWithoutFk,
  referenceDangling,
  timestampTz,
  timestampNotNull,
  timestampDefault,
  updatedAtTrigger,
  softDelete,
  secret,
  closedList,
  textType,
  eventTable,
  scope,
  naming,
  comment,
  duplicateIndex,
  prefixIndex,
  duplicateConstraint,
  invalidObject,
  sequenceLeft,
  inexactAmount,
  jsonType,
  unloggedTable,
  rowSecurity,
  securityDefiner,
  publicGrant,
  ownerDiffers,
]
