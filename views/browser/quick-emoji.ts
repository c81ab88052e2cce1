/** The emoji that are offered first for a reaction: by the menu, and by the message's page without scripts. */
export const quickEmoji = ["👍", "❤️", "😂", "🎉"] as const;
