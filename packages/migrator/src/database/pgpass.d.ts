/** The package has no declarations of its own. */
declare module 'pgpass' {
  const passwordFor: (
    connection: { host: string; port: number; database: string; user: string },
    found: (password: string | undefined) => void,
  ) => void
  export default passwordFor
}
