CREATE TABLE "invitations" (
	"room_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"inviter_id" uuid NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"declined_at" timestamp(3) with time zone,
	CONSTRAINT "invitations_pkey" PRIMARY KEY("user_id","room_id")
);
--> statement-breakpoint
CREATE TABLE "seats" (
	"user_id" uuid NOT NULL,
	"room_id" uuid NOT NULL,
	"until" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "seats_pkey" PRIMARY KEY("user_id","room_id")
);
--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "hidden_offset" bigint;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "request_to" uuid;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "request_state" text;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "request_messages" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "invitations_inviter_id_idx" ON "invitations" USING btree ("inviter_id");--> statement-breakpoint
CREATE INDEX "rooms_request_to_idx" ON "rooms" USING btree ("request_to","created_at") WHERE "rooms"."request_to" is not null;--> statement-breakpoint
CREATE INDEX "rooms_request_by_idx" ON "rooms" USING btree ("created_by","created_at") WHERE "rooms"."request_to" is not null;--> statement-breakpoint
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_request_state_check" CHECK ("rooms"."request_state" in ('unanswered', 'requested', 'declined'));