ALTER TABLE "messages" ADD COLUMN "named" jsonb;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "name_folded" text collate "C";--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "name_skeleton" text collate "C";--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "name_folded" text collate "C";--> statement-breakpoint
CREATE UNIQUE INDEX "rooms_name_skeleton_unique" ON "rooms" USING btree ("name_skeleton") WHERE "rooms"."visibility" = 'public';--> statement-breakpoint
CREATE INDEX "rooms_unfolded_idx" ON "rooms" USING btree ("id") WHERE "rooms"."name_folded" is null;--> statement-breakpoint
CREATE INDEX "users_searched_idx" ON "users" USING btree (coalesce("name_folded", "name_key"),"name_key");--> statement-breakpoint
CREATE INDEX "users_unfolded_idx" ON "users" USING btree ("id") WHERE "users"."name_folded" is null;--> statement-breakpoint
DO $$ BEGIN
  -- Finds what a name contains without reading all names. A server without this extension, such as the embedded one, reads them.
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  EXECUTE 'CREATE INDEX "users_trigrams_idx" ON "users" USING gin ((coalesce("name_folded", "name_key")) gin_trgm_ops)';
  EXECUTE 'CREATE INDEX "rooms_trigrams_idx" ON "rooms" USING gin ((coalesce("name_folded", "name_key")) gin_trgm_ops) WHERE "visibility" = ''public''';
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'Searches read all names: %', SQLERRM;
END $$;
