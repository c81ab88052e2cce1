CREATE TABLE "active_level" (
	"one" boolean DEFAULT true NOT NULL,
	"level" integer NOT NULL,
	"next" integer,
	"next_since" timestamp(3) with time zone,
	CONSTRAINT "active_level_pkey" PRIMARY KEY("one"),
	CONSTRAINT "active_level_one_check" CHECK ("active_level"."one")
);
--> statement-breakpoint
CREATE TABLE "processes" (
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"release" text NOT NULL,
	"previous" text NOT NULL,
	"reads" integer NOT NULL,
	"writes" integer NOT NULL,
	"started_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "processes_pkey" PRIMARY KEY("id")
);
