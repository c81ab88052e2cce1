/** What a process counts and measures of itself: the closed list of all metrics, and the port they are given to. */
import type { MetricDefinition } from "./metric-definition.ts";

/** Names as Prometheus wants them: with the unit at the end, seconds and bytes without prefixes. */
export const metricList = {
  superchat_gateway_sent_messages_total: {
    kind: "counter",
    unit: "messages",
    help: "Messages that people handed in, whatever became of them.",
  },
  superchat_gateway_acked_messages_total: {
    kind: "counter",
    unit: "messages",
    help: "Messages that were acked: they are in the log.",
  },
  superchat_gateway_refused_messages_total: {
    kind: "counter",
    unit: "messages",
    label: "code",
    help: "Messages that were refused, by the code of the refusal; internal is a bug.",
  },
  superchat_gateway_published_frames_total: {
    kind: "counter",
    unit: "frames",
    help: "Frames made for sockets, each counted once, whoever many it goes to.",
  },
  superchat_gateway_delivered_frames_total: {
    kind: "counter",
    unit: "frames",
    help: "Published frames times the sockets of this gateway that each went to.",
  },
  superchat_gateway_catch_ups_total: {
    kind: "counter",
    unit: "catch_ups",
    help: "Pages that were brought from their own offset to the present, or told to read the room anew.",
  },
  superchat_gateway_page_resets_total: {
    kind: "counter",
    unit: "resets",
    help: "Pages that were told to read their room anew when they came back: too far behind, or of another epoch.",
  },
  superchat_gateway_room_resets_total: {
    kind: "counter",
    unit: "resets",
    help: "Followed rooms whose stream began a new epoch.",
  },
  superchat_gateway_hole_repairs_total: {
    kind: "counter",
    unit: "repairs",
    help: "Times that events of a followed room were missing and fetched.",
  },
  superchat_level_active_level: {
    kind: "gauge",
    unit: "level",
    help: "The level up to which the processes of the cluster may write; it rises at the end of an update.",
  },
  superchat_level_outdated_processes: {
    kind: "gauge",
    unit: "processes",
    help: "One: this process can't read what newer versions write, takes nothing in any more, and waits to be replaced.",
  },
  superchat_gateway_page_sockets: { kind: "gauge", unit: "sockets", help: "Sockets of pages that are open." },
  superchat_gateway_program_sockets: {
    kind: "gauge",
    unit: "sockets",
    help: "Sockets of programs that are connected.",
  },
  superchat_gateway_waiting_handshakes: {
    kind: "gauge",
    unit: "handshakes",
    help: "Sockets that wait until they are let in, because many came at once.",
  },
  superchat_gateway_held_answer_bytes: { kind: "gauge", unit: "bytes", help: "Long answers on their way." },
  superchat_gateway_waiting_commands: {
    kind: "gauge",
    unit: "commands",
    help: "Commands from programs that wait for their turn or are worked on.",
  },
  superchat_gateway_recoveries_total: {
    kind: "counter",
    unit: "recoveries",
    label: "outcome",
    help: "Programs that came back to a room with a position, by whether they were given what they missed.",
  },
  superchat_gateway_program_ends_total: {
    kind: "counter",
    unit: "ends",
    label: "code",
    help: "Connections of programs that this gateway ended, by the code that they were told.",
  },
  superchat_gateway_waiting_frames: {
    kind: "gauge",
    unit: "frames",
    help: "Frames from pages that wait for their turn or are worked on.",
  },
  superchat_gateway_followed_rooms: {
    kind: "gauge",
    unit: "rooms",
    help: "Rooms whose stream this gateway listens to, since somebody here is a member.",
  },
  superchat_gateway_frame_events: {
    kind: "histogram",
    unit: "events",
    help: "Events that leave for the sockets of a room together.",
  },
  superchat_gateway_check_seconds: {
    kind: "histogram",
    unit: "seconds",
    help: "From the arrival of a request or frame until its event goes to the log.",
  },
  superchat_gateway_append_seconds: {
    kind: "histogram",
    unit: "seconds",
    help: "From there until the log has the event, which is the ack.",
  },
  superchat_gateway_publish_seconds: {
    kind: "histogram",
    unit: "seconds",
    help: "From there until the stream has given the event its offset and published it.",
  },
  superchat_gateway_delivery_seconds: {
    kind: "histogram",
    unit: "seconds",
    help: "From the time that the oldest event of a frame bears until the frame went out to the sockets of this gateway.",
  },
  superchat_log_held_events: {
    kind: "gauge",
    unit: "events",
    help: "Events of this process that wait to become durable.",
  },
  superchat_log_held_bytes: {
    kind: "gauge",
    unit: "bytes",
    help: "Bytes of this process that wait to become durable.",
  },
  superchat_log_batch_events: {
    kind: "histogram",
    unit: "events",
    help: "Events that went to the log together, in one send.",
  },
  superchat_log_behind_events: {
    kind: "gauge",
    unit: "events",
    help: "Events of this reader's partitions that the log had at the last fetch and that are not stored yet.",
  },
  superchat_writer_batches_total: { kind: "counter", unit: "batches", help: "Batches of the log that were finished." },
  superchat_writer_stored_events_total: { kind: "counter", unit: "events", help: "Events that were stored." },
  superchat_writer_dead_letters_total: {
    kind: "counter",
    unit: "letters",
    help: "Events that were put aside since they can't be stored.",
  },
  superchat_writer_retries_total: {
    kind: "counter",
    unit: "retries",
    help: "Times that something the writer needs was away and is tried again.",
  },
  superchat_writer_batch_events: {
    kind: "histogram",
    unit: "events",
    help: "Events that the log handed over at once.",
  },
  superchat_writer_publish_seconds: {
    kind: "histogram",
    unit: "seconds",
    help: "Giving the events of a batch their offsets, where that went well.",
  },
  superchat_writer_store_seconds: {
    kind: "histogram",
    unit: "seconds",
    help: "One transaction of the store, where that went well.",
  },
  superchat_writer_stored_age_seconds: {
    kind: "histogram",
    unit: "seconds",
    help: "From the time that the oldest event of a batch bears until the batch was stored.",
  },
  superchat_writer_lag_seconds: {
    kind: "gauge",
    unit: "seconds",
    help: "How old the oldest event is that the writer has in hand and has not stored; 0 when it has none.",
  },
  superchat_writer_newest_stored_timestamp_seconds: {
    kind: "gauge",
    unit: "seconds",
    help: "The time that the newest stored event bears, since 1970; 0 before the first.",
  },
  superchat_hooks_tries_total: {
    kind: "counter",
    unit: "tries",
    label: "outcome",
    help: "Batches of events that were sent to outgoing webhooks, by outcome: taken, failed or gone.",
  },
  superchat_bot_questions_total: { kind: "counter", unit: "questions", help: "Questions that a bot took on." },
  superchat_bot_refused_questions_total: {
    kind: "counter",
    unit: "questions",
    help: "Questions that were refused: too many wait, or one person asks too often.",
  },
  superchat_bot_answers_total: {
    kind: "counter",
    unit: "answers",
    label: "state",
    help: "Answers that ended, by how: complete, stopped, interrupted or failed.",
  },
  superchat_bot_waiting_questions: { kind: "gauge", unit: "questions", help: "Questions that wait for their turn." },
  superchat_bot_first_piece_seconds: {
    kind: "histogram",
    unit: "seconds",
    help: "From a question's turn until the first piece of its answer.",
  },
  superchat_bot_answer_seconds: {
    kind: "histogram",
    unit: "seconds",
    help: "From a question's turn until its answer had ended.",
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricList;
type Named<Kind> = {
  [Name in MetricName]: (typeof metricList)[Name]["kind"] extends Kind ? Name : never;
}[MetricName];
export type CounterName = Named<"counter">;
export type GaugeName = Named<"gauge">;
export type HistogramName = Named<"histogram">;

/** Takes part of a microsecond per call, and never fails. */
export interface Metrics {
  /** @param label the value of the counter's label, if the list names one */
  count(name: CounterName, by?: number, label?: string): void;
  /** In the unit of the list. */
  observe(name: HistogramName, value: number): void;
  /** Asked whenever somebody looks. A later reading of the same name takes the place of the former. */
  gauge(name: GaugeName, read: () => number): void;
}
