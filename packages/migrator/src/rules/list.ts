/** All rules. Every report and format reads their names, severities and reasons from here. */

import { autovacuumOff } from './autovacuum-off.ts'
import { closedList } from './closed-list.ts'
import { comment } from './comment.ts'
import { duplicateConstraint } from './duplicate-constraint.ts'
import { duplicateIndex } from './duplicate-index.ts'
import { epochNumber } from './epoch-number.ts'
import { eventTable } from './event-table.ts'
import { extensionRemoved } from './extension-removed.ts'
import type { Rule } from './finding.ts'
import { fkCycle } from './fk-cycle.ts'
import { fkIndex } from './fk-index.ts'
import { fkOnDelete } from './fk-on-delete.ts'
import { fkPartlyNull } from './fk-partly-null.ts'
import { fkTypeMatch } from './fk-type-match.ts'
import { frozenDefault } from './frozen-default.ts'
import { idList } from './id-list.ts'
import { inexactAmount } from './inexact-amount.ts'
import { inheritedTable } from './inherited-table.ts'
import { invalidObject } from './invalid-object.ts'
import { jsonType } from './json-type.ts'
import { keyRunsOut } from './key-runs-out.ts'
import { listWithoutCheck } from './list-without-check.ts'
import { naming } from './naming.ts'
import { naturalKey } from './natural-key.ts'
import { nullableFlag } from './nullable-flag.ts'
import { ownerDiffers } from './owner-differs.ts'
import { pkUuid } from './pk-uuid.ts'
import { policyBypassed } from './policy-bypassed.ts'
import { prefixIndex } from './prefix-index.ts'
import { publicGrant } from './public-grant.ts'
import { referenceDangling } from './reference-dangling.ts'
import { referenceWithoutFk } from './reference-without-fk.ts'
import { replicaIdentity } from './replica-identity.ts'
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
import { untrustedExtension } from './untrusted-extension.ts'
import { updatedAtTrigger } from './updated-at-trigger.ts'
import { wideTable } from './wide-table.ts'

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
  policyBypassed,
  securityDefiner,
  publicGrant,
  ownerDiffers,
  epochNumber,
  listWithoutCheck,
  frozenDefault,
  nullableFlag,
  idList,
  naturalKey,
  autovacuumOff,
  fkPartlyNull,
  fkCycle,
  inheritedTable,
  keyRunsOut,
  replicaIdentity,
  wideTable,
  extensionRemoved,
  untrustedExtension,
]
