/** `@name` among the words is short for `--address @name`. */
export function withProfile(words: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const isAddress = ["-a", "--address"].includes(words[at - 1] ?? "");
    return /^@[a-z0-9]/.test(word) && !isAddress ? ["--address", word] : [word];
  });
}
