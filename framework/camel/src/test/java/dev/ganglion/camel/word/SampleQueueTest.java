package dev.ganglion.camel.word;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.camel.word.SampleQueue.WhenFull;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SampleQueueTest {
    private static Sample<String> sample(String stream, long sequence, boolean last) {
        return new Sample<>(stream, sequence, sequence, stream + sequence, last);
    }

    private static Sample<Tensor> tensor(float value) {
        Tensor tensor = Tensor.allocate(Tensor.Type.FLOAT32, 1);
        tensor.floats().put(0, value);
        return new Sample<>("me", 1, 1, tensor, false);
    }

    /** What waits, as {@code stream sequence} with a full stop where an utterance ends. */
    private static List<String> drained(SampleQueue queue) throws InterruptedException {
        queue.end();
        List<String> drained = new ArrayList<>();
        for (Sample<?> next = queue.take(); next != SampleQueue.END; next = queue.take()) {
            drained.add(next.stream() + next.sequence() + (next.last() ? "." : ""));
        }
        return drained;
    }

    @Test
    void samplesComeOutAsTheyWentIn() throws Exception {
        SampleQueue queue = new SampleQueue(2, WhenFull.DROP_NEWEST);
        for (int round = 0; round < 5; round++) {
            assertThat(queue.offer(sample("a", round, false))).isTrue();
            assertThat(queue.take().sequence()).isEqualTo(round);
        }
        assertThat(queue.takeDropped()).isZero();
    }

    @Test
    void whatWaitsCanBeTakenWithoutWaiting() throws Exception {
        SampleQueue queue = new SampleQueue(2, WhenFull.DROP_NEWEST);
        assertThat(queue.poll()).isNull();
        queue.offer(sample("a", 1, false));
        queue.offer(sample("a", 2, false));
        assertThat(queue.take().sequence()).isEqualTo(1);
        assertThat(queue.poll()).extracting(Sample::sequence).isEqualTo(2L);
        assertThat(queue.poll()).isNull();
        assertThat(queue.idle()).as("the second is still being handled").isFalse();
        queue.end();
        assertThat(queue.poll()).isNull();
        assertThat(queue.take()).isSameAs(SampleQueue.END);
        assertThat(queue.idle()).isTrue();
    }

    @Test
    void theNewestIsDroppedAndCounted() throws Exception {
        SampleQueue queue = new SampleQueue(2, WhenFull.DROP_NEWEST);
        assertThat(queue.offer(sample("a", 1, false))).isTrue();
        assertThat(queue.offer(sample("a", 2, false))).isTrue();
        assertThat(queue.offer(sample("a", 3, false))).isFalse();
        assertThat(queue.takeDropped()).isEqualTo(1);
        assertThat(queue.takeDropped()).isZero();
        assertThat(drained(queue)).containsExactly("a1", "a2");
    }

    @Test
    void theOldestIsDroppedAndCounted() throws Exception {
        SampleQueue queue = new SampleQueue(2, WhenFull.DROP_OLDEST);
        for (int i = 1; i <= 5; i++) {
            assertThat(queue.offer(sample("a", i, false))).isTrue();
        }
        assertThat(queue.takeDropped()).isEqualTo(3);
        assertThat(drained(queue)).containsExactly("a4", "a5");
    }

    @Test
    void anEndThatIsDroppedEndsTheUtteranceBefore() throws Exception {
        SampleQueue queue = new SampleQueue(2, WhenFull.DROP_NEWEST);
        queue.offer(sample("a", 1, false));
        queue.offer(sample("b", 1, false));
        assertThat(queue.offer(sample("a", 2, true))).isFalse();
        assertThat(drained(queue)).containsExactly("a1.", "b1");
    }

    @Test
    void anEndOfAStreamOfWhichNothingWaitsTakesThePlaceOfAnother() throws Exception {
        SampleQueue queue = new SampleQueue(2, WhenFull.DROP_NEWEST);
        queue.offer(sample("a", 1, false));
        queue.offer(sample("a", 2, false));
        assertThat(queue.offer(sample("b", 9, true))).isTrue();
        assertThat(queue.takeDropped()).isEqualTo(1);
        assertThat(drained(queue)).containsExactly("a1", "b9.");
    }

    @Test
    void anEndIsNotTheOldestToBeDropped() throws Exception {
        SampleQueue queue = new SampleQueue(3, WhenFull.DROP_OLDEST);
        queue.offer(sample("a", 1, true));
        queue.offer(sample("b", 1, false));
        queue.offer(sample("b", 2, false));
        queue.offer(sample("b", 3, false));
        assertThat(drained(queue)).containsExactly("a1.", "b2", "b3");
    }

    @Test
    void ofWholeUtterancesTheOldestIsDropped() throws Exception {
        SampleQueue queue = new SampleQueue(2, WhenFull.DROP_OLDEST);
        for (int i = 1; i <= 4; i++) {
            queue.offer(sample("a", i, true));
        }
        assertThat(queue.takeDropped()).isEqualTo(2);
        assertThat(drained(queue)).containsExactly("a3.", "a4.");
    }

    @Test
    void blockingWaitsForAPlace() throws Exception {
        SampleQueue queue = new SampleQueue(1, WhenFull.BLOCK);
        queue.offer(sample("a", 1, false));
        CompletableFuture<Boolean> second =
                CompletableFuture.supplyAsync(() -> queue.offer(sample("a", 2, false)));
        assertThat(queue.take().sequence()).isEqualTo(1);
        assertThat(second.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(queue.takeDropped()).isZero();
        assertThat(drained(queue)).containsExactly("a2");
    }

    @Test
    void whoWaitsForAPlaceIsLetGoAtTheEnd() throws Exception {
        SampleQueue queue = new SampleQueue(1, WhenFull.BLOCK);
        queue.offer(sample("a", 1, false));
        CompletableFuture<Boolean> second =
                CompletableFuture.supplyAsync(() -> queue.offer(sample("a", 2, false)));
        queue.end();
        assertThat(second.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(queue.offer(sample("a", 3, false))).isFalse();
        assertThat(queue.takeDropped()).isEqualTo(2);
    }

    @Test
    void aTensorIsCopiedIntoMemoryThatIsUsedAgain() throws Exception {
        SampleQueue queue = new SampleQueue(2, WhenFull.DROP_NEWEST);
        Sample<Tensor> first = tensor(1);
        queue.offer(first);
        first.value().floats().put(0, 7);
        Tensor taken = (Tensor) queue.take().value();
        assertThat(taken.floats().get(0)).isEqualTo(1);
        queue.offer(tensor(2));
        queue.offer(tensor(3));
        assertThat(taken.floats().get(0)).as("still the taker's").isEqualTo(1);
        Tensor second = (Tensor) queue.take().value();
        assertThat(second.floats().get(0)).isEqualTo(2);
        List<Tensor> seen = new ArrayList<>(List.of(taken, second));
        for (int i = 0; i < 8; i++) {
            queue.offer(tensor(i));
            Tensor next = (Tensor) queue.take().value();
            if (seen.stream().noneMatch(known -> known == next)) {
                seen.add(next);
            }
        }
        assertThat(seen).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void itIsIdleOnlyWhenWhatWasTakenIsDone() throws Exception {
        SampleQueue queue = new SampleQueue(2, WhenFull.DROP_NEWEST);
        assertThat(queue.idle()).isTrue();
        queue.offer(sample("a", 1, false));
        assertThat(queue.idle()).isFalse();
        queue.take();
        assertThat(queue.idle()).isFalse();
        queue.end();
        assertThat(queue.take()).isSameAs(SampleQueue.END);
        assertThat(queue.idle()).isTrue();
    }
}
