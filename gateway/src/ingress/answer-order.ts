/** Holds acknowledgements of a device back until what was sent to it before is written. */
export interface AnswerOrder {
  /** Something is about to be sent to `topic`; call the result once when it is written. */
  sending(topic: string): () => void;
  /** Now, when nothing is under way to `topic`; else after all that is. */
  after(topic: string, answer: () => void): void;
}

/** Bounded by what is under way: a topic with nothing under way takes no memory. */
export function answerOrder(): AnswerOrder {
  const topics = new Map<string, { underWay: number; answers: (() => void)[] }>();

  function written(topic: string): void {
    const entry = topics.get(topic);
    if (entry === undefined) return;
    entry.underWay -= 1;
    if (entry.underWay > 0) return;
    topics.delete(topic);
    for (const answer of entry.answers) answer();
  }

  return {
    sending(topic) {
      const entry = topics.get(topic) ?? { underWay: 0, answers: [] };
      entry.underWay += 1;
      topics.set(topic, entry);
      let isDone = false;
      return () => {
        if (!isDone) written(topic);
        isDone = true;
      };
    },
    after(topic, answer) {
      const entry = topics.get(topic);
      if (entry === undefined) answer();
      else entry.answers.push(answer);
    },
  };
}
