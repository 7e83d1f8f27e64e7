package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import org.junit.jupiter.api.Test;

class RecordingSinkTest {
    private final RecordingSink sink = new RecordingSink();

    private static Sample<CharSequence> sample(String stream, long sequence) {
        return new Sample<>(stream, sequence, 0, "text " + sequence, false);
    }

    @Test
    void textIsCopied() {
        StringBuilder text = new StringBuilder("before");
        sink.put(new Sample<>("a", 0, 0, text, false));
        text.setLength(0);
        assertThat(sink.texts()).containsExactly("before");
    }

    @Test
    void aHeldPutReturnsWhenItIsReleased() {
        sink.hold();
        Threads.Task<?> putting = Threads.start(() -> sink.put(sample("a", 0)));
        assertThat(sink.awaitHeldOrOffered()).isTrue();
        assertThat(putting.isDone()).isFalse();
        assertThat(sink.samples()).isEmpty();
        sink.release();
        putting.get();
        assertThat(sink.samples()).hasSize(1);
    }

    @Test
    void anOfferIsNeverHeld() {
        sink.hold();
        assertThat(sink.offer(sample("a", 0))).isTrue();
        assertThat(sink.awaitHeldOrOffered()).isFalse();
        sink.refuse();
        assertThat(sink.offer(sample("a", 1))).isFalse();
        assertThat(sink.samples()).hasSize(2);
    }

    @Test
    void twoSamplesOfAStreamAtATimeAreAViolationAndOfTwoStreamsAreNot() {
        sink.hold();
        Threads.Task<?> first = Threads.start(() -> sink.put(sample("a", 0)));
        sink.awaitHeldOrOffered();
        sink.offer(sample("b", 0));
        assertThat(sink.violations()).isEmpty();
        sink.offer(sample("a", 1));
        assertThat(sink.violations()).hasSize(1);
        sink.release();
        first.get();
    }

    @Test
    void whatComesAfterTheEndOrTheCloseIsAViolation() {
        sink.ended();
        sink.put(sample("a", 0));
        sink.close();
        sink.failed("a", 1, new GanglionException(GanglionException.Kind.INPUT, "bad"));
        assertThat(sink.violations()).hasSize(2);
    }
}
