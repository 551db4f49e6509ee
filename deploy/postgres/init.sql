-- What a new database begins with: times in UTC, the owner of the schemas, and one role a service.
-- The schemas themselves come with the migrations. Postgres' image runs this once, as the superuser;
-- PERSONAKIT_SECRETS is the folder of the passwords, one file a role.

\getenv secrets PERSONAKIT_SECRETS
\set owner    `cat :'secrets'/database-personakit_owner`
\set ingest   `cat :'secrets'/database-personakit_ingest`
\set profiler `cat :'secrets'/database-personakit_profiler`
\set persona  `cat :'secrets'/database-personakit_persona`
\set feedback `cat :'secrets'/database-personakit_feedback`

CREATE ROLE personakit_owner LOGIN CREATEROLE PASSWORD :'owner';
ALTER DATABASE :"DBNAME" OWNER TO personakit_owner;
ALTER DATABASE :"DBNAME" SET timezone = 'UTC';
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;

-- Who makes a role may change it: the migrations set its password anew.
SET ROLE personakit_owner;
CREATE ROLE personakit_ingest   LOGIN PASSWORD :'ingest';
CREATE ROLE personakit_profiler LOGIN PASSWORD :'profiler';
CREATE ROLE personakit_persona  LOGIN PASSWORD :'persona';
CREATE ROLE personakit_feedback LOGIN PASSWORD :'feedback';
ALTER ROLE personakit_ingest   SET timezone = 'UTC';
ALTER ROLE personakit_profiler SET timezone = 'UTC';
ALTER ROLE personakit_persona  SET timezone = 'UTC';
ALTER ROLE personakit_feedback SET timezone = 'UTC';
GRANT CONNECT ON DATABASE :"DBNAME"
   TO personakit_ingest, personakit_profiler, personakit_persona, personakit_feedback;
