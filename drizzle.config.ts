/** For drizzle-kit, which writes db/migrations/ from the tables in db/; the migrations are applied by db/migrate.ts. */
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: ["./db/schema.ts", "./db/hook-tables.ts", "./db/invitation-tables.ts", "./db/level-tables.ts"],
  out: "./db/migrations",
});
