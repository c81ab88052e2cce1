DO $$ BEGIN
	IF to_regprocedure('pg_clear_attribute_stats(text, text, text, boolean)') IS NOT NULL THEN
		PERFORM pg_clear_attribute_stats(current_schema(), 'messages', 'text', false);
		PERFORM pg_clear_attribute_stats(current_schema(), 'messages', 'named', false);
		PERFORM pg_clear_attribute_stats(current_schema(), 'room_events', 'body', false);
	ELSE
		-- Before Postgres 18 a column's statistics go with its type, also where that stays the same.
		ALTER TABLE "messages" ALTER COLUMN "text" TYPE text, ALTER COLUMN "named" TYPE jsonb;
		ALTER TABLE "room_events" ALTER COLUMN "body" TYPE jsonb;
	END IF;
END $$;--> statement-breakpoint
ALTER TABLE "messages" ALTER COLUMN "text" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "messages" ALTER COLUMN "named" SET STATISTICS 0;--> statement-breakpoint
ALTER TABLE "room_events" ALTER COLUMN "body" SET STATISTICS 0;
