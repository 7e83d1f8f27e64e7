package dev.ganglion.runtime.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.report.Slowest.Look;
import dev.ganglion.runtime.report.Slowest.Part;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SlowestTest {
    private final Slowest slowest = new Slowest();

    private static Report report(String route, String trace, long sequence, long inferNanos) {
        return new Report(
                route,
                "stream",
                sequence,
                "",
                new ModelId("toy", "1"),
                new Decision("on", Map.of(), 1, true),
                null,
                1,
                inferNanos,
                2,
                3,
                inferNanos + 26,
                4,
                0,
                15,
                "act:lamp",
                0,
                1,
                1,
                trace,
                null);
    }

    private void decide(String route, LongStream inferNanos) {
        inferNanos.forEach(nanos -> slowest.decided(report(route, "trace" + nanos, 1, nanos)));
    }

    private Look look(String route) {
        Look look = slowest.look(route);
        assertThat(look).as("%s of %s", route, slowest.routes()).isNotNull();
        return look;
    }

    private List<Long> kept(String route) {
        return look(route).slowest().stream().map(slow -> slow.report().inferNanos()).toList();
    }

    @Test
    void aRouteWithoutDecisionsIsUnknown() {
        slowest.failed("a", "stream", 1, "no");
        slowest.dropped("a", 3);
        assertThat(slowest.look("a")).isNull();
        assertThat(slowest.routes()).isEmpty();
    }

    @Test
    void theTenSlowestAreKeptInWhateverOrderTheyCome() {
        decide("up", LongStream.rangeClosed(1, 100));
        decide("down", LongStream.rangeClosed(1, 100).map(i -> 101 - i));
        List<Long> expected = LongStream.range(0, 10).map(i -> 100 - i).boxed().toList();
        assertThat(kept("up")).isEqualTo(expected);
        assertThat(kept("down")).isEqualTo(expected);
        assertThat(look("up").decisions()).isEqualTo(100);
    }

    @Test
    void fewerThanTenAreAllKept() {
        decide("a", LongStream.of(5, 7, 6));
        assertThat(kept("a")).containsExactly(7L, 6L, 5L);
    }

    @Test
    void itIsKnownWhichDecisionWasSlow() {
        decide("a", LongStream.of(5, 7, 6));
        assertThat(look("a").slowest())
                .extracting(Slowest.Slow::ordinal)
                .containsExactly(2L, 3L, 1L);
    }

    @Test
    void aMessageWithSeveralDecisionsIsKeptOnce() {
        slowest.decided(report("a", "t", 1, 10));
        slowest.decided(report("a", "t", 1, 11));
        slowest.decided(report("a", "t", 2, 12));
        slowest.decided(report("a", "u", 1, 13));
        assertThat(kept("a")).containsExactly(13L, 12L, 10L);
        assertThat(look("a").decisions()).isEqualTo(4);
    }

    @Test
    void thePartsTogetherAreTheWholeTime() {
        Report report = report("a", "t", 1, 100);
        slowest.decided(report);
        slowest.decided(report("a", "u", 1, 200));
        assertThat(look("a").nanos())
                .containsEntry(Part.WAIT, 8L)
                .containsEntry(Part.ENCODE, 2L)
                .containsEntry(Part.INFER, 300L)
                .containsEntry(Part.DECIDE, 4L)
                .containsEntry(Part.ACT, 6L)
                .containsEntry(Part.OTHER, 32L);
        long whole = 0;
        for (Part part : Part.values()) {
            whole += part.nanos(report);
        }
        assertThat(whole).isEqualTo(report.totalNanos());
    }

    @Test
    void whatWasCountedTwiceIsNoNegativeTimeInOtherSteps() {
        Report report =
                new Report(
                        "a",
                        "stream",
                        1,
                        "",
                        new ModelId("toy", "1"),
                        new Decision("on", Map.of(), 1, true),
                        null,
                        5,
                        5,
                        5,
                        5,
                        10,
                        5,
                        0,
                        0,
                        "",
                        0,
                        1,
                        1,
                        "t",
                        null);
        assertThat(Part.OTHER.nanos(report)).isZero();
    }

    @Test
    void aResetBeginsAnewAndStillKnowsWhichDecisionsWereTheFirst() {
        decide("a", LongStream.rangeClosed(1, 20));
        decide("b", LongStream.of(1));
        slowest.reset("a");
        assertThat(look("a").slowest()).isEmpty();
        assertThat(look("a").decisions()).isZero();
        assertThat(look("a").nanos()).containsEntry(Part.INFER, 0L);
        assertThat(kept("b")).containsExactly(1L);
        decide("a", LongStream.of(3));
        assertThat(look("a").slowest()).extracting(Slowest.Slow::ordinal).containsExactly(21L);
    }

    @Test
    void aResetOfARouteThatIsUnknownMakesNone() {
        slowest.reset("a");
        assertThat(slowest.routes()).isEmpty();
    }

    @Test
    void routesThatAreGoneAreForgotten() {
        decide("a", LongStream.of(1));
        decide("b", LongStream.of(1));
        slowest.keepOnly(List.of("b"));
        assertThat(slowest.routes()).containsExactly("b");
    }

    @Test
    void theSlowestAreFoundWhenManyDecideAtTheSameTime() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int offset = i;
            Thread thread =
                    new Thread(
                            () ->
                                    decide(
                                            "a",
                                            LongStream.range(0, 10_000).map(k -> k * 4 + offset)));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(look("a").decisions()).isEqualTo(40_000);
        assertThat(kept("a"))
                .isEqualTo(LongStream.range(0, 10).map(i -> 39_999 - i).boxed().toList());
    }

    @Test
    void aMessageThatIsNotAmongTheSlowestAllocatesNothing() {
        decide("a", LongStream.rangeClosed(1_000, 1_010));
        Report report = report("a", "t", 1, 300);
        long fewest = Long.MAX_VALUE;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // Java now and then allocates something of its own: the least of a few tries counts.
        for (int round = 0; round < 10 && fewest > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                slowest.decided(report);
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(fewest).isZero();
    }
}
