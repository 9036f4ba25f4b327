CREATE INDEX {{indexes.i}} ON {{tables.t}} (a)
-- =>
CREATE INDEX "i" ON "shop"."t" (a)
%%
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS <<indexes.i>> ON <<tables.t>> (a)
-- =>
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "i" ON "shop"."t" (a)
%%
create /* c */ unique -- d
index if not exists {{indexes.i}} on {{tables.t}} (a)
-- =>
create /* c */ unique -- d
index if not exists "i" on "shop"."t" (a)
%%
CREATE INDEX CONCURRENTLY {{indexes."I"}} ON {{tables.t}} (a)
-- =>
CREATE INDEX CONCURRENTLY "I" ON "shop"."t" (a)
%%
DROP INDEX CONCURRENTLY IF EXISTS {{indexes.i}}; REINDEX INDEX {{indexes.i}}; COMMENT ON INDEX {{indexes.i}} IS 'x'
-- =>
DROP INDEX CONCURRENTLY IF EXISTS "shop"."i"; REINDEX INDEX "shop"."i"; COMMENT ON INDEX "shop"."i" IS 'x'
%%
ALTER INDEX {{indexes.i}} RENAME TO {{indexes.j}}; ALTER TABLE {{tables.t}} RENAME TO {{tables.u}}
-- =>
ALTER INDEX "shop"."i" RENAME TO "j"; ALTER TABLE "shop"."t" RENAME TO "u"
%%
ALTER SCHEMA {{schema}} RENAME TO {{schema}}
-- =>
ALTER SCHEMA "shop" RENAME TO "shop"
%%
ALTER TABLE {{tables.t}} ADD CONSTRAINT c UNIQUE USING INDEX {{indexes.i}}, REPLICA IDENTITY USING INDEX {{indexes.i}}
-- =>
ALTER TABLE "shop"."t" ADD CONSTRAINT c UNIQUE USING INDEX "i", REPLICA IDENTITY USING INDEX "i"
%%
CLUSTER {{tables.t}} USING {{indexes.i}}; ALTER TABLE {{tables.t}} CLUSTER ON {{indexes.i}}
-- =>
CLUSTER "shop"."t" USING "i"; ALTER TABLE "shop"."t" CLUSTER ON "i"
%%
SELECT '{{indexes.i}}'::regclass, $$CREATE INDEX {{indexes.i}} ON {{tables.t}} (a)$$, 'DROP INDEX {{indexes.i}}'
-- =>
SELECT '"shop"."i"'::regclass, $$CREATE INDEX "i" ON "shop"."t" (a)$$, 'DROP INDEX "shop"."i"'
%%
DO $do$ BEGIN EXECUTE 'CREATE INDEX {{indexes.i}} ON {{tables.t}} (a)'; EXECUTE $$ DROP INDEX {{indexes.i}} $$; END $do$
-- =>
DO $do$ BEGIN EXECUTE 'CREATE INDEX "i" ON "shop"."t" (a)'; EXECUTE $$ DROP INDEX "shop"."i" $$; END $do$
%%
CREATE INDEX {{indexes.i}} ON {{tables.t}} (a); SELECT '{{indexes.i}}'
-- =>
CREATE INDEX "i" ON "shop"."t" (a); SELECT '"shop"."i"'
