package dev.ganglion.runtime.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.sun.management.ThreadMXBean;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.report.Statistics.Figures;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static final double TWO_DIGITS = 0.01;

    private final AtomicLong nanos = new AtomicLong();
    private final Statistics statistics = new Statistics(nanos::get);

    private static Report report(String route, long inferMicros) {
        return new Report(
                route,
                "stream",
                1,
                "",
                new ModelId("toy", "1"),
                new Decision("on", Map.of(), 1, true),
                null,
                1_000,
                inferMicros * 1_000,
                2_000,
                3_000,
                inferMicros * 1_000 + 6_000,
                0,
                0,
                0,
                "",
                0,
                1,
                1,
                "trace",
                null);
    }

    private Figures figures(String route) {
        Figures figures = statistics.snapshot().get(route);
        assertThat(figures).as("%s of %s", route, statistics.snapshot()).isNotNull();
        return figures;
    }

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void droppedSamplesAreCountedAndAreNoMessages() {
        statistics.dropped("a", 3);
        statistics.dropped("a", 4);
        assertThat(figures("a").dropped()).isEqualTo(7);
        assertThat(figures("a").messages()).isZero();
    }

    @Test
    void eachSampleCountsWhateverComesOfIt() {
        for (int i = 0; i < 100; i++) {
            statistics.handled("a", 1_000_000);
        }
        assertThat(figures("a").samples()).isEqualTo(100);
        assertThat(figures("a").messages()).isZero();
        assertThat((double) figures("a").microsP50().getOrDefault("sample", 0L))
                .isCloseTo(1_000, withinPercentage(2));
    }

    @Test
    void withoutASensorThereAreNoSamples() {
        statistics.decided(report("a", 5));
        assertThat(figures("a").samples()).isZero();
        assertThat(figures("a").microsP50()).doesNotContainKey("sample");
    }

    @Test
    void aRouteWithoutMessagesHasNoFigures() {
        statistics.routeChanged("a.camel.yaml", "running", "");
        assertThat(statistics.snapshot()).isEmpty();
    }

    @Test
    void messagesAndFailuresAreCountedByRoute() {
        statistics.decided(report("a", 1));
        statistics.failed("a", "stream", 2, "no");
        statistics.failed("b", "stream", 1, "no");
        assertThat(figures("a").messages()).isEqualTo(2);
        assertThat(figures("a").failed()).isEqualTo(1);
        assertThat(figures("b").messages()).isEqualTo(1);
        assertThat(figures("b").failed()).isEqualTo(1);
    }

    @Test
    void latenciesOfEachStageAreInMicrosecondsWithTwoDigits() {
        for (int micros = 1; micros <= 1000; micros++) {
            statistics.decided(report("a", micros));
        }
        Figures figures = figures("a");
        assertThat(figures.microsP50()).containsOnlyKeys(Statistics.STAGES);
        assertThat(figures.microsP50())
                .containsEntry("encode", 1L)
                .containsEntry("decide", 2L)
                .containsEntry("act", 3L);
        assertThat(figures.microsP50().get("infer") / 500.0).isCloseTo(1, within(TWO_DIGITS));
        assertThat(figures.microsP99().get("infer") / 990.0).isCloseTo(1, within(TWO_DIGITS));
        assertThat(figures.microsP99().get("total") / 996.0).isCloseTo(1, within(TWO_DIGITS));
    }

    @Test
    void theLastWholeWindowIsShownAndNotWhatCameBeforeOrAfterIt() {
        statistics.decided(report("a", 10));
        statistics.roll();
        statistics.decided(report("a", 20));
        statistics.roll();
        statistics.decided(report("a", 40));
        assertThat(figures("a").microsP50()).containsEntry("infer", 20L);
        assertThat(figures("a").microsP99()).containsEntry("infer", 20L);
    }

    @Test
    void afterASilentWindowTheTimeSinceTheStartIsShown() {
        statistics.decided(report("a", 10));
        statistics.decided(report("a", 10));
        statistics.decided(report("a", 20));
        statistics.roll();
        statistics.roll();
        assertThat(figures("a").microsP50()).containsEntry("infer", 10L);
        assertThat(figures("a").microsP99()).containsEntry("infer", 20L);
    }

    @Test
    void toLookDoesNotChangeWhatTheNextOneSees() {
        statistics.decided(report("a", 10));
        pass(2);
        Map<String, Figures> first = statistics.snapshot();
        assertThat(statistics.snapshot()).isEqualTo(first);
    }

    @Test
    void theRateBeginsWithTheLastWholeWindow() {
        for (int i = 0; i < 100; i++) {
            statistics.decided(report("a", 1));
        }
        pass(10);
        assertThat(figures("a").perSecond()).isEqualTo(10);
        statistics.roll();
        for (int i = 0; i < 30; i++) {
            statistics.decided(report("a", 1));
        }
        pass(10);
        statistics.roll();
        assertThat(figures("a").perSecond()).isEqualTo(3);
        pass(5);
        assertThat(figures("a").perSecond()).isEqualTo(2);
    }

    @Test
    void theFirstMessageMakesNoInfiniteRate() {
        statistics.decided(report("a", 1));
        assertThat(figures("a").perSecond()).isEqualTo(1);
    }

    @Test
    void aClockThatWentBackBetweenSensorAndDeviceIsNoNegativeLatency() {
        statistics.decided(report("a", -10));
        assertThat(figures("a").microsP50()).containsEntry("infer", 0L).containsEntry("total", 0L);
    }

    @Test
    void routesThatAreGoneAreForgotten() {
        statistics.decided(report("a", 1));
        statistics.decided(report("b", 1));
        statistics.keepOnly(List.of("b"));
        assertThat(statistics.snapshot()).containsOnlyKeys("b");
    }

    @Test
    void nothingIsLostWhenManyRecordWhileSomebodyLooks() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread =
                    new Thread(
                            () -> {
                                for (int k = 0; k < 10_000; k++) {
                                    statistics.decided(report("a", 10));
                                }
                            });
            thread.start();
            threads.add(thread);
        }
        while (threads.stream().anyMatch(Thread::isAlive)) {
            statistics.snapshot();
            statistics.roll();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(figures("a").messages()).isEqualTo(40_000);
        assertThat(figures("a").microsP99()).containsEntry("infer", 10L);
    }

    @Test
    void recordingAllocatesNothing() {
        Report report = report("a", 300);
        long fewest = Long.MAX_VALUE;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // Java now and then allocates something of its own: the least of a few tries counts.
        for (int round = 0; round < 10 && fewest > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                statistics.decided(report);
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(fewest).isZero();
    }
}
