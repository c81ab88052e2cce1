ALTER TABLE "sessions" ADD COLUMN "exchanged" integer;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "place" text;