/** The code of dynamic migrations, by id. bundle/chunks.ts puts it here; outside of a bundle there is none. */
export const migrationCode: Readonly<Record<string, () => Promise<Record<string, any>>>> = {}
