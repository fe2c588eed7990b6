/** One thing that was changed by hand. */
import type { CatalogDifference } from '../../catalog/difference.ts'
import type { Maker } from '../../replay/makers.ts'

export interface Drift extends CatalogDifference {
  /** Who made the object, or the table that it was added to; undefined where no migration made it. */
  readonly maker: Maker | undefined
}
