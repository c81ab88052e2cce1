/**
 * Java and Kafka's own jars: found, or fetched once. The jars come from Maven's central repository through Maven itself, into a
 * cache in node_modules, or into the folder that SUPERCHAT_CACHE names.
 */
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureProgram } from "./debian.ts";

const kafkaVersion = "4.4.0";
const loggingVersion = "2.25.5";
/** Kafka 4 does not start on an older one. */
const minJava = 17;

export interface KafkaFiles {
  readonly java: string;
  /** A folder of jars. */
  readonly jars: string;
}

/** @throws a sentence when something is missing and can't be had */
export async function ensureKafkaFiles(): Promise<KafkaFiles> {
  const java = ensureWorking("java", "default-jre-headless", startsJava);
  return { java, jars: await ensureJars() };
}

async function ensureJars(): Promise<string> {
  const cache = process.env.SUPERCHAT_CACHE || join(import.meta.dir, "../../node_modules/.cache/superchat");
  const jars = join(cache, `kafka-${kafkaVersion}`);
  // Renamed into place when complete, so what is there is whole.
  if (await Bun.file(join(jars, "pom.xml")).exists()) return jars;
  const maven = ensureWorking("mvn", "maven", (path) => run([path, "--version"], "ignore"));
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "kafka-download-"));
  try {
    console.log(`Fetching Kafka ${kafkaVersion} (45 MB, once).`);
    await Bun.write(join(folder, "pom.xml"), pom);
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${folder}`, "-DincludeScope=runtime"];
    if (!run([maven, "-q", "-B", "-ntp", "-f", join(folder, "pom.xml"), ...goal], "inherit"))
      throw new Error("Maven could not fetch Kafka. Is its central repository reachable?");
    await rename(folder, jars).catch(async (error) => {
      // Another run was faster.
      if (!(await Bun.file(join(jars, "pom.xml")).exists())) throw error;
    });
    return jars;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** kafka-tools-api is named by the release and not in the repository; a broker does without. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>superchat</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version>
      <exclusions>
        <exclusion><groupId>org.apache.kafka</groupId><artifactId>kafka-tools-api</artifactId></exclusion>
      </exclusions>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>${loggingVersion}</version>
    </dependency>
  </dependencies>
</project>
`;

function ensureWorking(name: string, debianPackage: string, works: (path: string) => boolean): string {
  const find = () => {
    const found = Bun.which(name);
    return found !== null && works(found) ? found : undefined;
  };
  return ensureProgram({ name: `${name} that works`, packages: [debianPackage], find });
}

function startsJava(path: string): boolean {
  const { success, stderr } = Bun.spawnSync([path, "-version"], { stdout: "ignore" });
  const major = Number(stderr.toString().match(/version "(\d+)/)?.[1]);
  return success && major >= minJava;
}

function run(command: string[], output: "inherit" | "ignore"): boolean {
  return Bun.spawnSync(command, { stdin: "ignore", stdout: output, stderr: output }).success;
}
