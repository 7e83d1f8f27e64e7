package dev.ganglion.runtime.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was decided about a model, and why: the last hundred sentences. Thread-safe. */
final class DecisionLog {
    private static final Logger log = LoggerFactory.getLogger(DecisionLog.class);
    private static final int KEPT = 100;

    private final Deque<ModelHost.Decided> sentences = new ArrayDeque<>();

    void add(String sentence) {
        log.info("{}", sentence);
        synchronized (sentences) {
            if (sentences.size() == KEPT) {
                sentences.removeFirst();
            }
            sentences.addLast(new ModelHost.Decided(System.currentTimeMillis(), sentence));
        }
    }

    List<ModelHost.Decided> list() {
        synchronized (sentences) {
            return List.copyOf(sentences);
        }
    }
}
