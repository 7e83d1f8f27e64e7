package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Stage;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What every stage keeps to: how the input was cut does not show, a flush starts anew, a failure
 * leaves nothing behind. The kits of extractors, tokenizers and deciders run it; on its own it
 * serves for other stages.
 *
 * @param <I> what is pushed
 * @param <O> what comes out
 */
public abstract class StageContract<I, O> {
    private static final int CUTS = 50;

    /** A stage's test needs no constructor. */
    protected StageContract() {}

    /** {@return a new stage} */
    protected abstract Stage<I, O> stage();

    /**
     * {@return always the same content, in portions of which {@code random} chooses the sizes; new
     * objects each time, for they are spoilt after use}
     */
    protected abstract List<I> cut(Random random);

    /**
     * Writes a result down. The stage passes when the results of an utterance, written one after
     * the other, are the same for each cut.
     */
    protected abstract void write(O result, StringBuilder into);

    /** {@return items that a push refuses, each a new object; empty when it takes everything} */
    protected abstract List<I> brokenItems();

    /**
     * Overwrites an item after it was pushed, because it is valid only during the call; does
     * nothing unless overridden, as for items that cannot change.
     */
    protected void spoil(I item) {}

    private void pushAll(Stage<I, O> stage, List<I> items, Consumer<O> out) {
        for (I item : items) {
            stage.push(item, out);
            spoil(item);
        }
    }

    private String utterance(Stage<I, O> stage, int seed) {
        StringBuilder written = new StringBuilder();
        pushAll(stage, cut(new Random(seed)), result -> write(result, written));
        stage.flush(result -> write(result, written));
        return written.toString();
    }

    /** Nothing is spoilt here, so that a stage which keeps its items differs from itself. */
    private String expected() {
        StringBuilder written = new StringBuilder();
        try (Stage<I, O> fresh = stage()) {
            for (I item : cut(new Random(0))) {
                fresh.push(item, result -> write(result, written));
            }
            fresh.flush(result -> write(result, written));
        }
        return written.toString();
    }

    @Test
    void somethingComesOut() {
        assertThat(expected()).isNotEmpty();
    }

    @Test
    void howTheInputWasCutDoesNotShow() {
        String expected = expected();
        for (int seed = 0; seed < CUTS; seed++) {
            try (Stage<I, O> fresh = stage()) {
                assertThat(utterance(fresh, seed)).as("cut with seed " + seed).isEqualTo(expected);
            }
        }
    }

    @Test
    void aFlushStartsAnew() {
        String expected = expected();
        try (Stage<I, O> used = stage()) {
            for (int seed = 0; seed < 5; seed++) {
                assertThat(utterance(used, seed))
                        .as("utterance " + seed + " through the same stage")
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aSecondFlushGivesWhatANewStageGives() {
        StringBuilder fresh = new StringBuilder();
        StringBuilder second = new StringBuilder();
        try (Stage<I, O> untouched = stage();
                Stage<I, O> used = stage()) {
            untouched.flush(result -> write(result, fresh));
            utterance(used, 0);
            used.flush(result -> write(result, second));
        }
        assertThat(second.toString()).isEqualTo(fresh.toString());
    }

    @Test
    void aRefusedItemLeavesTheStageAsFlushed() {
        List<I> broken = brokenItems();
        PluginContract.assumeGiven(!broken.isEmpty(), "brokenItems()");
        String expected = expected();
        for (I item : broken) {
            try (Stage<I, O> stage = stage()) {
                List<I> items = cut(new Random(1));
                pushAll(stage, items.subList(0, (items.size() + 1) / 2), result -> {});
                assertThatThrownBy(() -> stage.push(item, result -> {}))
                        .as("pushing " + item)
                        .isInstanceOf(RuntimeException.class);
                assertThat(utterance(stage, 2)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aReceiverThatThrowsLeavesTheStageAsFlushed() {
        String expected = expected();
        RuntimeException refusal = new IllegalStateException("this receiver takes nothing");
        Consumer<O> refusing =
                result -> {
                    throw refusal;
                };
        try (Stage<I, O> stage = stage()) {
            boolean thrown = false;
            for (I item : cut(new Random(3))) {
                thrown = throwsOut(() -> stage.push(item, refusing), refusal);
                if (thrown) {
                    break;
                }
            }
            thrown = thrown || throwsOut(() -> stage.flush(refusing), refusal);
            assertThat(thrown).as("a receiver's exception reaches the caller").isTrue();
            assertThat(utterance(stage, 4)).isEqualTo(expected);
        }
    }

    private static boolean throwsOut(Runnable call, RuntimeException refusal) {
        try {
            call.run();
            return false;
        } catch (RuntimeException thrown) {
            assertThat(thrown).isSameAs(refusal);
            return true;
        }
    }

    @Test
    void twoStagesDoNotMix() {
        String expected = expected();
        StringBuilder ofFirst = new StringBuilder();
        StringBuilder ofSecond = new StringBuilder();
        try (Stage<I, O> first = stage();
                Stage<I, O> second = stage()) {
            List<I> items = cut(new Random(5));
            List<I> others = cut(new Random(6));
            for (int i = 0; i < Math.max(items.size(), others.size()); i++) {
                if (i < items.size()) {
                    pushAll(first, items.subList(i, i + 1), r -> write(r, ofFirst));
                }
                if (i < others.size()) {
                    pushAll(second, others.subList(i, i + 1), r -> write(r, ofSecond));
                }
            }
            first.flush(result -> write(result, ofFirst));
            second.flush(result -> write(result, ofSecond));
        }
        assertThat(ofFirst.toString()).isEqualTo(expected);
        assertThat(ofSecond.toString()).isEqualTo(expected);
    }

    @Test
    void aStageMayBeClosedTwiceAndInTheMiddle() {
        Stage<I, O> stage = stage();
        List<I> items = cut(new Random(7));
        pushAll(stage, items.subList(0, (items.size() + 1) / 2), result -> {});
        stage.close();
        stage.close();
    }
}
