CREATE TABLE "event_places" (
	"id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"room_offset" bigint NOT NULL,
	CONSTRAINT "event_places_pkey" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "log_positions" (
	"partition" text NOT NULL,
	"position" bigint NOT NULL,
	CONSTRAINT "log_positions_pkey" PRIMARY KEY("partition")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"room_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"joined_at" timestamp(3) with time zone NOT NULL,
	"joined_offset" bigint NOT NULL,
	"read_offset" bigint NOT NULL,
	CONSTRAINT "memberships_pkey" PRIMARY KEY("room_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "mentions" (
	"user_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"room_offset" bigint NOT NULL,
	CONSTRAINT "mentions_pkey" PRIMARY KEY("user_id","room_id","room_offset")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"room_offset" bigint NOT NULL,
	"author_id" uuid NOT NULL,
	"text" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"mentions" jsonb NOT NULL,
	"edited_at" timestamp(3) with time zone,
	"deleted" boolean DEFAULT false NOT NULL,
	"answer" jsonb,
	CONSTRAINT "messages_pkey" PRIMARY KEY("room_id","room_offset")
);
--> statement-breakpoint
CREATE TABLE "program_tokens" (
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"name" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"last_used_at" timestamp(3) with time zone,
	CONSTRAINT "program_tokens_pkey" PRIMARY KEY("id"),
	CONSTRAINT "program_tokens_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "revoked_sessions" (
	"id" uuid NOT NULL,
	"revoked_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "revoked_sessions_pkey" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "room_events" (
	"id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"room_offset" bigint NOT NULL,
	"type" text NOT NULL,
	"author_id" uuid NOT NULL,
	"member_id" uuid,
	"at" timestamp(3) with time zone NOT NULL,
	"body" jsonb NOT NULL,
	CONSTRAINT "room_events_pkey" PRIMARY KEY("room_id","room_offset")
);
--> statement-breakpoint
CREATE TABLE "rooms" (
	"id" uuid NOT NULL,
	"slug" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"name_key" text collate "C" NOT NULL,
	"topic" text DEFAULT '' NOT NULL,
	"visibility" text NOT NULL,
	"direct_key" text collate "C",
	"created_by" uuid NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"epoch" text NOT NULL,
	"last_offset" bigint DEFAULT 0 NOT NULL,
	"member_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "rooms_pkey" PRIMARY KEY("id"),
	CONSTRAINT "rooms_slug_unique" UNIQUE("slug"),
	CONSTRAINT "rooms_direct_key_unique" UNIQUE("direct_key"),
	CONSTRAINT "rooms_visibility_check" CHECK ("rooms"."visibility" in ('public', 'private', 'direct'))
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"last_seen_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"device" text NOT NULL,
	"generation" integer NOT NULL,
	CONSTRAINT "sessions_pkey" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"kid" text NOT NULL,
	"sealed" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "signing_keys_pkey" PRIMARY KEY("kid")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"name_key" text collate "C" NOT NULL,
	"name_skeleton" text collate "C" NOT NULL,
	"kind" text NOT NULL,
	"password_hash" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"owner_id" uuid,
	CONSTRAINT "users_pkey" PRIMARY KEY("id"),
	CONSTRAINT "users_name_key_unique" UNIQUE("name_key"),
	CONSTRAINT "users_name_skeleton_unique" UNIQUE("name_skeleton"),
	CONSTRAINT "users_kind_check" CHECK ("users"."kind" in ('person', 'bot'))
);
--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "public"."rooms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_tokens" ADD CONSTRAINT "program_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_tokens" ADD CONSTRAINT "program_tokens_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "room_events" ADD CONSTRAINT "room_events_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "public"."rooms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "memberships_user_id_idx" ON "memberships" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "messages_growing_idx" ON "messages" USING btree ("author_id") WHERE "messages"."answer" ->> 'state' = 'growing';--> statement-breakpoint
CREATE INDEX "program_tokens_owner_id_idx" ON "program_tokens" USING btree ("owner_id","created_at");--> statement-breakpoint
CREATE INDEX "revoked_sessions_revoked_at_idx" ON "revoked_sessions" USING btree ("revoked_at");--> statement-breakpoint
CREATE INDEX "rooms_directory_idx" ON "rooms" USING btree ("name_key","id") WHERE "rooms"."visibility" = 'public';--> statement-breakpoint
CREATE INDEX "sessions_user_id_idx" ON "sessions" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "users_owner_id_idx" ON "users" USING btree ("owner_id") WHERE "users"."owner_id" is not null;