-- More letters look alike now: names that may have another look are worked out again at the next start (adapters/postgres/work-out-names.ts).
UPDATE "users" SET "name_folded" = NULL WHERE octet_length("name") <> char_length("name") OR "name" ILIKE '%rn%';--> statement-breakpoint
UPDATE "rooms" SET "name_folded" = NULL WHERE octet_length("name") <> char_length("name") AND "visibility" = 'public';
