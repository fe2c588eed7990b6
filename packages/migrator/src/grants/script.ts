/** Rights → the SQL script that brings a database to them. Pure. */
import { textLiteral } from '../sql/literal.ts'
import { changesSql, FROM_OBJECTS_ON } from './changes-sql.ts'
import type { Rights } from './rights.ts'

/** For psql and for any other client: it uses no command of psql's own. */
export function grantsScript(rights: Rights): string {
  const migrator = textLiteral(rights.migrator)
  const width = Math.max(...rights.roles.map(({ name }) => name.length))
  return `-- Made by veza-migrator grants from the migrations and the dependencies of the domains. Not to be edited.
--
${rights.roles.map(({ name, about }) => `--   ${name.padEnd(width)}  ${about}`).join('\n')}
--
-- Run it before the first \`up\` as an administrator: it makes the roles. Run it again after each \`up\`, as ${rights.migrator} or as the
-- administrator: a new table is nobody's but ${rights.migrator}'s until then. It changes only what is missing or too much, says each statement
-- that it runs, and as a whole it is one transaction. There are no passwords in it: ${rights.migrator} cannot log in with one before it is given one.
--
-- It takes from PUBLIC: CREATE in the schema public, and EXECUTE on the functions of the domains. Other roles are left alone.
--
--   psql -v ON_ERROR_STOP=1 -f grants.sql

BEGIN;
SET LOCAL lock_timeout = '2s';
SET LOCAL search_path = public;
DO $grants$
DECLARE
  change record;
  is_member boolean := false;
BEGIN
  FOR change IN
${changesSql(rights)}
  LOOP
    -- An administrator who is no superuser has to be a member of the role whose objects he changes, for as long as that takes.
    IF change.step >= ${FROM_OBJECTS_ON} AND NOT is_member AND NOT pg_has_role(${migrator}, 'USAGE') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', ${migrator});
      is_member := true;
    END IF;
    RAISE NOTICE '%', change.sql;
    EXECUTE change.sql;
  END LOOP;
  IF is_member THEN
    EXECUTE format('REVOKE %I FROM CURRENT_USER', ${migrator});
  END IF;
END
$grants$;
COMMIT;
`
}
