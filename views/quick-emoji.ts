/** The emoji that are offered first for a reaction. */
export const quickEmoji = ["👍", "❤️", "😂", "🎉"] as const;
