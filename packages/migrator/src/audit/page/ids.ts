/** The id of the section of all findings, to which the other sections link. */
export const ALL_FINDINGS = 'all-findings'
